import { parentPort, workerData } from 'node:worker_threads'
import type { PrintTask } from './document.js'
import { print } from './print.js'

// The thread ends with its answer: memory that the layout took goes with it, before the first byte is sent.
const bytes = await print(workerData as PrintTask)
parentPort?.postMessage(bytes)
