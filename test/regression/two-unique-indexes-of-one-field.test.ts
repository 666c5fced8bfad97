import t from 'tap'
import { metadataOf } from '../helpers/schema-app.js'

await t.test('a second unique index on the fields of another needs no annotation on a model with softDelete', t => {
  const { models } = metadataOf(`
/// @commons.softDelete
model Desk {
  id        Int       @id @default(autoincrement())
  roomId    Int       @unique
  row       Int
  seat      Int
  deletedAt DateTime?

  @@unique([roomId], map: "one_desk_a_room")
  @@unique([row, seat])
  @@unique([row, seat], map: "one_desk_a_seat")
}
`)
  t.match(
    models['Desk']?.uniques.map(({ name, where }) => [name, where]),
    [
      ['id', null],
      ['roomId', null],
      ['row_seat', null]
    ]
  )
  t.end()
})
