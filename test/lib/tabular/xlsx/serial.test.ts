import t from 'tap'
import { dateSerial, instantSerial, serialText, type DateShape } from '../../../../lib/tabular/xlsx/serial.js'

await t.test('days have serials from 1900-03-01 on, where all programs agree', async t => {
  const days = ['1900-03-01', '1999-12-31', '2024-02-29', '9999-12-31']
  t.strictSame(days.map(dateSerial), [61, 36_525, 45_351, 2_958_465])
  for (const day of days) t.equal(serialText(dateSerial(day)!, 'date', false), day)
  for (const other of [
    '1900-02-28',
    '0001-01-01',
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '10000-01-01',
    '2024-1-1',
    '2024-01-01T00:00:00Z',
    '',
    5,
    null
  ]) {
    t.equal(dateSerial(other), undefined, String(other))
  }
})

await t.test('instants have serials to the millisecond', async t => {
  for (const time of ['00:00:00.001', '13:14:15.123', '23:59:59.999']) {
    const instant = `2024-02-29T${time}Z`
    t.equal(serialText(instantSerial(instant)!, 'time', false), instant)
  }
  t.equal(instantSerial('2024-02-29T12:00:00Z'), 45_351.5)
  for (const other of [
    '1850-01-01T00:00:00Z',
    '2024-02-30T00:00:00Z',
    '2024-02-29T12:00:00.123456Z',
    '2024-02-29T12:00:00+02:00',
    '2024-02-29'
  ]) {
    t.equal(instantSerial(other), undefined, other)
  }
})

await t.test('serials say days, times, or hours that go on', async t => {
  const table: ReadonlyArray<
    readonly [serial: number, shape: DateShape, from1904: boolean, text: string | undefined]
  > = [
    [1, 'date', false, '1900-01-01'],
    [59, 'date', false, '1900-02-28'],
    [61, 'date', false, '1900-03-01'],
    [45_351, 'time', false, '2024-02-29'],
    [45_351.25, 'date', false, '2024-02-29T06:00:00.000Z'],
    [0.5, 'time', false, '12:00:00'],
    [0, 'time', false, '00:00:00'],
    [0.354166666666667, 'time', false, '08:30:00'],
    [1.51041666666667, 'elapsed', false, '36:15:00'],
    [0.0000000115740741, 'elapsed', false, '00:00:00.001'],
    [0, 'date', true, '1904-01-01'],
    [43_889, 'date', true, '2024-02-29'],
    [0.5, 'time', true, '12:00:00'],
    [0, 'date', false, undefined],
    [0.5, 'date', false, undefined],
    [-1, 'date', false, undefined],
    [2_958_466, 'date', false, undefined],
    [NaN, 'date', false, undefined]
  ]
  for (const [serial, shape, from1904, text] of table) {
    t.equal(serialText(serial, shape, from1904), text, `${serial} ${shape} ${from1904}`)
  }
})
