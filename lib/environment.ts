/** Whether `NODE_ENV` says production, as Node libraries have it. Every plugin that asks has an option that wins. */
export function isProduction (): boolean {
  return process.env.NODE_ENV === 'production'
}
