/** A row of the model `Sample` in the form of JSON bodies: all that it must have, and what is given. */
export function sampleItem (
  code: string,
  values: Readonly<Record<string, unknown>> = {}
): Readonly<Record<string, unknown>> {
  return {
    code,
    text: 'text',
    short: 'short',
    fixed: 'four',
    uuid: '01940000-0000-7000-8000-000000000001',
    int: 1,
    small: 2,
    big: '3',
    float: 1.5,
    real: 0.5,
    decimal: '1.500000',
    numeric: '1.25',
    bool: true,
    seconds: '2026-01-02T03:04:05.000Z',
    millis: '2026-01-02T03:04:05.678Z',
    micros: '2026-01-02T03:04:05.678Z',
    instant: '2026-01-02T03:04:05.678Z',
    day: '2026-01-02',
    time: '03:04:05.678',
    zoned: '03:04:05.678',
    json: { a: 1 },
    raw: [1],
    bytes: 'AAE=',
    color: 'RED',
    ...values
  }
}
