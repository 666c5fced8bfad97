// The files of this folder are compiled and never run: what they say holds when `tsc` accepts them. An error that has
// to come is marked by @ts-expect-error, which itself is an error where none comes.

/** True when both types are the same, optional and readonly included. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Accepts true only. */
export type Expect<Truth extends true> = Truth

/** One level of a type written out, so that an intersection equals the object it stands for. */
export type Flat<Type> = { [Key in keyof Type]: Type[Key] }
