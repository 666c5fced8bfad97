import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createSchemaApp } from '../helpers/schema-app.js'

const app = await createSchemaApp(
  t,
  'model Counter {\n  id Int @id\n  name String\n}',
  `CREATE TABLE "Counter" (id int PRIMARY KEY, name text NOT NULL);
   CREATE SEQUENCE attempts;
   CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM nextval('attempts');
     RAISE EXCEPTION USING ERRCODE = 'deadlock_detected';
   END $$;
   CREATE TRIGGER deadlock BEFORE INSERT ON "Counter" FOR EACH ROW EXECUTE FUNCTION deadlock()`
)

/** Sequences keep their value when a transaction is undone. */
async function attempts (): Promise<number> {
  const [row] = await app.query<{ last: string }>('SELECT last_value AS last FROM attempts')
  return Number(row!.last)
}

for (const [name, options] of [
  ['a lone statement', {}],
  ['a transaction with rules', { authorize: () => true }]
] as const) {
  await t.test(`${name} that meets deadlocks is not tried again once its client has left`, async t => {
    const { app: server } = await app.serve({ '/counters': { model: 'Counter', ...options } })
    t.after(async () => await server.close())
    await server.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    const body = '{"id":1,"name":"a"}'
    const before = await attempts()
    socket.write(
      [
        'POST /counters HTTP/1.1',
        'Host: localhost',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body
      ].join('\r\n')
    )
    while ((await attempts()) < before + 3) await sleep(10)
    socket.destroy()
    await sleep(500)
    const left = await attempts()
    await sleep(1000)
    t.equal(await attempts(), left)
  })
}
