import { margin, type PageSize } from './document.js'
import type { Fit } from './fit.js'
import type { FontMetrics } from './font-metrics.js'

/** Height of a line, in em: what fonts with high accents need. */
const lineHeight = 1.5
/** Part of a page that a row may take, so that header and foot have room too. */
const part = 0.5

/**
 * Lines that a cell may have if its row is to stand on one page for certain, below a header as tall as a header may be.
 */
export function mostLines ({ orientation, fontSize }: Fit, [width, height]: PageSize): number {
  const room = (orientation === 'portrait' ? height : width) - 2 * margin
  return Math.floor((room * part) / (fontSize * lineHeight))
}

/** At most as many lines a text will have in a column: two lines that follow one another are wider than one. */
export function linesOf (
  text: string,
  ems: number,
  lettering: FontMetrics,
  face: 'normal' | 'bold' = 'normal'
): number {
  return text.split('\n').reduce((total, line) => {
    const width = lettering.width(line, face)
    return total + (width <= ems ? 1 : Math.ceil((2 * width) / ems))
  }, 0)
}
