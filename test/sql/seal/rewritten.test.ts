// Somebody who can do everything in the database tampers and then computes every seal again, as if it had always been so. The chain
// is consistent, so verificar_integridade alone finds nothing; a witness from a mail, a stamp, and an earlier head compared with
// the file do.
import { createHash } from 'node:crypto'
import t from 'tap'
import { stampRequest, tokenOf } from '../../../src/trail/stamp.ts'
import { proveStamps } from '../../../src/trail/stamps.ts'
import { one, scenario } from '../../helper/scenario.ts'
import { authority } from '../../helper/stamps.ts'
import { checkLines, REWRITE, trailOf } from '../../helper/trail.ts'

const c = await scenario(t)
await c.book(
  { id: 1 },
  { id: 2, confianca: 0.5 },
  { id: 3, confianca: 0.5 },
  { id: 4, confianca: 0.5 },
  { id: 5, confianca: 0.5 },
  { id: 6 },
)
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.reject('ana', (await c.finding(3)).id)
await c.asPerson('ana')`select audit.reverter_divergencias(${[(await c.finding(1)).id]}, 'x')`
await c.asPerson(
  'ana',
)`select audit.declarar_excecao('errada', 'dw.lancamentos', '4', 'x', now() + interval '1 day')`
await c.change(6, 'ERR')
await c.runSession('auto')
await c.runSession()
await c.asPerson('adelia')`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
await c.sql`select audit_interno.selar()`

// what the mailbox, an authority and an auditor hold
const head = one(
  await c.sql`
  select c.elo::int, encode(c.selo, 'hex') as selo, c.selo as bytes, o.selo_anterior || int8send(o.elo) || o.resumo as selado
  from audit_interno.cadeia c join audit.operacoes o on o.elo = c.elo`,
)
const witness = { elo: head['elo'] as number, selo: head['selo'] as string }
const tsa = await authority(t)
const { der, nonce } = stampRequest(head['bytes'])
const token = tokenOf(await tsa.reply(der), head['bytes'], nonce)
await c.sql`select audit_interno.registrar_carimbo('http://tsa', ${witness.elo}, ${head['bytes']}, ${token}, now(), 'Carimbo de teste')`
// and life goes on
await c.book({ id: 9, confianca: 0.5 })
await c.runSession()
await c.sql`select audit_interno.selar()`

const op = (type: string, more = 'true') =>
  `(select min(id) from audit.operacoes where tipo = '${type}' and ${more})`
const finding = (await c.finding(4)).id
const drop = (operation: string) => `
  create temp table fora as select ${operation} as id;
  ${['deteccoes', 'alteracoes', 'decisoes', 'excecoes', 'correcoes_desfeitas']
    .map((table) => `delete from audit.${table} where operacao_id in (select id from fora);`)
    .join(' ')}
  delete from audit.operacoes where id in (select id from fora); drop table fora`

/** Each before every seal is computed again. */
const TAMPERINGS: Record<string, string> = {
  'an operation by somebody else': `update audit.operacoes set ator = 'outra' where id = ${op('aprovacao')}`,
  'another kind of operation': `update audit.operacoes set tipo = 'externa' where id = ${op('configuracao')}`,
  'an operation that failed': `update audit.operacoes set status = 'falhou' where id = ${op('aprovacao')}`,
  'another reason': `update audit.operacoes set motivo = 'outro' where id = ${op('rejeicao')}`,
  'an earlier beginning': `update audit.operacoes set iniciada_em = iniciada_em - interval '1 microsecond' where id = ${op('correcao')}`,
  'a later end': `update audit.operacoes set finalizada_em = finalizada_em + interval '1 day' where id = ${op('correcao')}`,
  'other counts': `update audit.operacoes set linhas = 99 where id = ${op('deteccao')}`,
  'another setting': `update audit.operacoes set detalhes = '{"antes": 1}' where id = ${op('configuracao')}`,
  'another rule': `update audit.operacoes set regra = 'trade_marketing' where id = ${op('correcao')}`,
  'another session': `update audit.operacoes set sessao_id = 2 where id = ${op('correcao')}`,
  'everything by somebody else': `update audit.operacoes set ator = 'outra' where tipo <> 'excecao'`,
  'an operation gone, with its facts': drop(op('rejeicao')),
  'the first operation gone': drop(`(select id from audit.operacoes where elo = 1)`),
  'half of the operations gone': drop(
    `unnest(array(select id from audit.operacoes where elo % 2 = 0 and tipo <> 'carimbo'))`,
  ),
  'an operation added': `insert into audit.operacoes (tipo, status, ator, finalizada_em, elo, resumo, selo_anterior, selo)
    values ('externa', 'concluida', 'x', now(), 0, sha256('x'), sha256('x'), sha256('x'))`,
  'two that changed places': `update audit.operacoes set elo = -elo where elo in (3, 4); update audit.operacoes set elo = 7 + elo where elo < 0`,
  'another confidence': `update audit.deteccoes set confianca = 0.1 where divergencia_id = ${finding}`,
  'a detection gone': `delete from audit.deteccoes where divergencia_id = ${finding} and operacao_id = ${op('deteccao')}`,
  'a detection added': `insert into audit.deteccoes select ${op('deteccao')}, 99, confianca, resumo from audit.deteccoes where divergencia_id = ${finding} limit 1`,
  'another image before': `update audit.alteracoes set antes = '{"categoria": "X"}' where operacao_id = ${op('correcao')}`,
  'another image after': `update audit.alteracoes set depois = '{"categoria": "X"}' where operacao_id = ${op('correcao')}`,
  'an image gone': `delete from audit.alteracoes where operacao_id = ${op('correcao')}`,
  'an image added': `insert into audit.alteracoes values (${op('correcao')}, ${finding}, null, '{}', '{}')`,
  'an image of another finding': `update audit.alteracoes set divergencia_id = ${finding} where operacao_id = ${op('correcao')} and divergencia_id = (select max(divergencia_id) from audit.alteracoes where operacao_id = ${op('correcao')})`,
  'an image of another operation': `update audit.alteracoes set operacao_id = ${op('rejeicao')} where operacao_id = ${op('correcao')}`,
  'a decision by somebody else': `update audit.decisoes set ator = 'outra' where operacao_id = ${op('aprovacao')}`,
  'a decision the other way': `update audit.decisoes set tipo = 'rejeicao' where operacao_id = ${op('aprovacao')}`,
  'other typed values': `update audit.decisoes set valores = '{"categoria": "X"}' where operacao_id = ${op('aprovacao')}`,
  'a decision at another time': `update audit.decisoes set decidida_em = decidida_em - interval '1 day' where operacao_id = ${op('aprovacao')}`,
  'a decision gone': `delete from audit.decisoes where operacao_id = ${op('rejeicao')}`,
  'a decision added': `insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo) values (${op('aprovacao')}, ${finding}, 'aprovacao', 'ana', 'x')`,
  'an exception for ever': `update audit.excecoes set expira_em = 'infinity'`,
  'an exception gone': `delete from audit.excecoes`,
  'a correction undone unseen': `delete from audit.correcoes_desfeitas`,
  'a finding rewritten with its detection': `
    update audit.divergencias_processadas set valores_originais = '{"categoria": "X"}' where id = ${finding};
    update audit.deteccoes set resumo = (select audit_interno.resumo_achado(d) from audit.divergencias_processadas d where d.id = ${finding})
    where divergencia_id = ${finding}`,
}

/** Tampers and rewrites as a superuser whom nothing stops; nothing of it is kept. */
async function rewritten(act: string, look: (sql: typeof c.sql) => Promise<unknown>) {
  const undone = new Error('undone')
  await c.sql
    .begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica; ${act}; ${REWRITE};
        set local session_replication_role = origin; set local role conferente_leitor`)
      await look(tx as never)
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}

const kinds = (rows: readonly { situacao?: unknown }[]) => new Set(rows.map(({ situacao }) => situacao))
/** Breaks that a rewritten chain shows by itself, because the tampering was not consistent. */
const inconsistent = (found: Set<unknown>) =>
  [...found].filter((kind) => kind !== 'provada' && !/^carimbo|^testemunha/.test(String(kind)))

t.test('an honest trail sealed again has the same seals', async (t) => {
  await rewritten('select', async (sql) => {
    t.match(await sql`select situacao from audit.verificar_integridade(${witness.elo}, ${witness.selo})`, [
      { situacao: 'provada' },
    ])
    t.match(await checkLines(await trailOf(sql), witness, tsa.roots), { breaks: [], carimbos: 1 })
  })
})

for (const [name, act] of Object.entries(TAMPERINGS))
  t.test(name, async (t) => {
    await rewritten(act, async (sql) => {
      const alone = kinds(await sql`select situacao from audit.verificar_integridade()`)
      const chain = [
        'operacao_ausente',
        'elo_repetido',
        'operacao_alterada',
        'selo_anterior_errado',
        'selo_errado',
        'cauda_ausente',
        'cabeca_errada',
      ]
      t.notOk(
        chain.some((kind) => alone.has(kind)),
        `the chain agrees with itself: ${[...alone].join(', ')}`,
      )
      t.ok(
        kinds(
          await sql`select situacao from audit.verificar_integridade(${witness.elo}, ${witness.selo})`,
        ).has('testemunha_contradita'),
        "by a mail's witness",
      )
      t.ok(alone.has('carimbo_contradito'), 'by the stamp')
      const lines = await trailOf(sql)
      t.ok(
        kinds((await checkLines(lines, witness)).breaks).has('testemunha_contradita'),
        'by an earlier head against the file',
      )
      t.ok(kinds((await checkLines(lines)).breaks).has('carimbo_invalido'), 'by the stamp in the file')
      if (inconsistent(alone).length > 0) t.comment(`also by itself: ${inconsistent(alone).join(', ')}`)
    })
  })

t.test('somebody who also forges the stamp', async (t) => {
  const act = `${TAMPERINGS['a decision by somebody else']}; ${REWRITE}`
  const seal = `(select o.selo from audit.operacoes o where o.elo = ${witness.elo})`
  const put = `update audit_interno.carimbos set selo = ${seal}`
  const stamps = async (sql: typeof c.sql) => {
    const kept = await sql`select elo::int, token, selado from audit.carimbos()`
    const found: unknown[] = []
    await proveStamps(
      kept.map((row) => ({ elo: row['elo'], token: row['token'], sealed: row['selado'] })),
      tsa.roots,
      ({ situacao }) => found.push(situacao),
    )
    return found
  }
  await rewritten(`${act}; ${put}`, async (sql) =>
    t.ok(
      kinds(await sql`select situacao from audit.verificar_integridade()`).has('carimbo_contradito'),
      'another seal beside the old token',
    ),
  )
  const written = `update audit_interno.carimbos set token = overlay(token placing ${seal} from position(decode('${witness.selo}', 'hex') in token))`
  await rewritten(`${act}; ${written}; ${put}`, async (sql) =>
    t.same(
      await stamps(sql),
      ['carimbo_invalido'],
      'the seal written into the token: the signature is wrong',
    ),
  )
  const mine = await authority(t)
  await rewritten(act, async (sql) => {
    const row = one(await sql`select selado from audit.carimbos()`)
    const digest = createHash('sha256').update(row['selado']).digest()
    const own = stampRequest(digest)
    const forged = tokenOf(await mine.reply(own.der), digest, own.nonce)
    await sql.unsafe('reset role; set local session_replication_role = replica')
    await sql`update audit_interno.carimbos set token = ${forged}, selo = ${digest}`
    t.same(await stamps(sql), ['carimbo_invalido'], "an authority of one's own making")
  })
})

t.test('the last operations, which no stamp or witness covers, can be rewritten unnoticed', async (t) => {
  await rewritten(
    `update audit.operacoes set motivo = 'outro' where elo > ${witness.elo} and tipo = 'deteccao'`,
    async (sql) => {
      t.match(await sql`select situacao from audit.verificar_integridade(${witness.elo}, ${witness.selo})`, [
        { situacao: 'provada' },
      ])
    },
  )
})
