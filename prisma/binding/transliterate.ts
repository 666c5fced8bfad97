import anyAscii from 'any-ascii'

/**
 * A text in ASCII letters, whatever script it is written in: `Łódź` is `Lodz`, `Привет` is `Privet`, `北京` is `BeiJing`.
 * No language is guessed: `ä` is `a`, also where German would write `ae`.
 */
export function transliterate (text: string): string {
  return anyAscii(text)
}
