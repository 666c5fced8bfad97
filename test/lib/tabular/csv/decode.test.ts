import t from 'tap'
import { checkEncoding, decodeText } from '../../../../lib/tabular/csv/decode.js'
import { collect, inChunks } from '../../../helpers/csv.js'
import { failureOf } from '../../../helpers/failure.js'

const sizes = [1, 2, 3, 7, 65_536]
const text = 'name,naïve\r\nИван,＝1 💥\uFEFF'.repeat(20)

async function decoded (bytes: Uint8Array, size: number, encoding?: string): Promise<string> {
  return (await collect(decodeText(inChunks(bytes, size), encoding))).join('')
}

function bigEndian (text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

await t.test('the byte order mark decides, else the encoding that is given, wherever chunks are cut', async t => {
  const files: readonly [bytes: Uint8Array, encoding: string | undefined, text: string][] = [
    [Buffer.from(text), undefined, text],
    [Buffer.from(`\uFEFF${text}`), 'windows-1252', text],
    [Buffer.from(`\uFEFF${text}`, 'utf16le'), undefined, text],
    [bigEndian(`\uFEFF${text}`), undefined, text],
    [Buffer.from(text, 'utf16le'), 'utf-16le', text],
    [Buffer.from([0x80, 0xe9, 0x2c, 0x61, 0x93, 0x9f]), 'windows-1252', '€é,a“Ÿ'],
    [Buffer.from([0x82, 0xa0, 0x2c, 0x61]), 'shift_jis', 'あ,a'],
    [Buffer.from([0xd0, 0xc9]), 'windows-1251', 'РЙ'],
    [Buffer.from('\uFEFF'), undefined, ''],
    [Buffer.from('\uFEFF\uFEFFabcdefgh'), undefined, '\uFEFFabcdefgh'],
    [Buffer.from('é'), undefined, 'é'],
    [Buffer.alloc(0), undefined, '']
  ]
  for (const [bytes, encoding, expected] of files) {
    for (const size of sizes) {
      t.equal(
        await decoded(bytes, size, encoding),
        expected,
        `${encoding ?? 'default'} ${expected.slice(0, 6)} by ${size}`
      )
    }
  }
})

await t.test('a large chunk is given in pieces', async t => {
  const pieces = await collect(decodeText(inChunks(Buffer.from('é'.repeat(200_000)), 400_000)))
  t.equal(pieces.join(''), 'é'.repeat(200_000))
  t.ok(pieces.every(({ length }) => length <= 65_536))
})

await t.test('bytes that are not of the encoding refuse the file', async t => {
  const files: readonly [bytes: Uint8Array, encoding: string | undefined, name: string][] = [
    [Buffer.from('name\nJos\xE9\nx', 'latin1'), undefined, 'utf-8'],
    [Buffer.from('name,price,\xE2\x82', 'latin1'), undefined, 'utf-8'],
    [Buffer.from('\xFF\xFEa\0\x00\xD8', 'latin1'), undefined, 'utf-16le'],
    [Buffer.from('\xFE\xFF\0a\0', 'latin1'), undefined, 'utf-16be'],
    [Buffer.from('name,\x82', 'latin1'), 'shift_jis', 'shift_jis']
  ]
  for (const [bytes, encoding, name] of files) {
    for (const size of sizes) {
      t.strictSame(
        await failureOf(decoded(bytes, size, encoding)),
        {
          code: 'file_unreadable',
          status: 422,
          message: `The file cannot be read: it has bytes that are not ${name}`,
          params: { problem: `it has bytes that are not ${name}` },
          details: []
        },
        `${name} by ${size}`
      )
    }
  }
})

await t.test('files of other types are refused by their first bytes', async t => {
  const files: readonly [bytes: Buffer, name: string][] = [
    [Buffer.from('PK\x03\x04\x14\0\0\0\0\0'), 'a zip archive or an XLSX workbook'],
    [Buffer.from('PK\x05\x06' + '\0'.repeat(18)), 'a zip archive'],
    [Buffer.from('%PDF-1.7\n'), 'a PDF document'],
    [Buffer.from('\x89PNG\r\n\x1A\n\0\0\0\rIHDR', 'latin1'), 'a PNG image'],
    [Buffer.from([0x1f, 0x8b, 8, 0]), 'a gzip archive'],
    [Buffer.from('D0CF11E0A1B11AE10000', 'hex'), 'an XLS workbook or an encrypted one']
  ]
  for (const [bytes, name] of files) {
    for (const size of sizes) {
      t.match(
        await failureOf(decoded(bytes, size)),
        {
          code: 'file_type_unsupported',
          status: 415,
          message: `Unsupported file type: it is ${name}, not a CSV file`
        },
        `${name} by ${size}`
      )
    }
  }
})

await t.test('an encoding that nobody knows is an error of the program', async t => {
  for (const encoding of ['utf-8', 'windows-1252', 'utf-16be', 'shift_jis', 'latin1']) {
    t.doesNotThrow(() => checkEncoding(encoding), encoding)
  }
  for (const encoding of ['', 'ebcdic', 'utf-99']) {
    t.throws(() => checkEncoding(encoding), {
      name: 'TypeError',
      message: `Unknown encoding ${JSON.stringify(encoding)}`
    })
  }
})
