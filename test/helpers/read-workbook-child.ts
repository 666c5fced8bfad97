import { readFileSync } from 'node:fs'
import { defaultLimits } from '../../lib/tabular/table/limits.js'
import { readXlsx } from '../../lib/tabular/xlsx/read/read-xlsx.js'

/** A process of its own that reads the workbook that it is given, and prints the error and how many MiB that took. */
await Promise.all([import('yauzl'), import('saxes')])
const idle = process.memoryUsage.rss()
let error: unknown
let rows = 0
try {
  for await (const page of readXlsx(process.argv[2]!, defaultLimits)) rows += page.length
} catch (thrown) {
  error = thrown
}
const { code, params } = (error ?? {}) as { readonly code?: string; readonly params?: unknown }
// What resourceUsage() calls the most may be the memory of the process that started this one.
const most = Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024
const mebibytes = Math.round((most - idle) / 2 ** 20)
console.log(JSON.stringify({ rows, code, params, mebibytes }))
