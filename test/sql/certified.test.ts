// What auto corrected is sampled, people look at the sample, and what may be wrong is bounded in reais.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { conferente, personal } from '../cli/helper.ts'
import { testDatabase } from '../helper/database.ts'
import { ROOT } from '../helper/files.ts'
import { asOwner } from '../helper/owner.ts'
import { one, type Scenario, scenario, sqlstate } from '../helper/scenario.ts'

/** `npm run certified-months` takes 1,000 of each; with fewer, more may be on the wrong side by chance. */
const MONTHS = Number(process.argv[2] ?? 100)
const LEAST = MONTHS < 1000 ? 0.91 : 0.95

const certificado = async (c: Scenario) =>
  one(
    await c.asPerson(
      'leo',
    )`select corrigidas::int, valor::float, meta::float, tamanho::int, conferidas::int, erradas::int, limite::float
      from audit.certificado()`,
  )
const amostra = (c: Scenario) =>
  c.asPerson('leo')<
    { ordem: number; id: number; valor: number; resposta: string | null; respondida_por: string }[]
  >`
    select ordem::int, divergencia_id::int as id, valor::float, resposta, respondida_por from audit.amostra()`

/** This many entries of different amounts, corrected by auto in one session. */
async function correct(c: Scenario, quantas: number) {
  await c.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select i, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', round((10 + 5000 * power(abs(hashint4(i)) / 2147483648.0, 4))::numeric, 2), 0.99
    from generate_series(1, ${quantas}::int) as i`
  await asOwner(
    c.sql,
    (owner) => owner`update audit.configuracoes_sistema set valor = '1' where chave = 'limites.fracao'`,
  )
  await c.runSession('auto')
  await c.sql`select audit_interno.selar()`
}

t.test('the bound holds however often you look', async (t) => {
  const { sql } = await testDatabase(t)
  for (const meta of [0.05, 0.02]) {
    const answers = meta === 0.05 ? 59 : 149
    for (const wrong of [0, 0.005, 0.01, 0.03, 0.1]) {
      const [row] = await sql.begin(async (tx) => {
        await tx`select setseed(0.25)`
        return tx`
          with item as materialized (
            select m, i, exp(random() * 5) as valor, random() as acaso, -ln(1 - random()) as e
            from generate_series(1, ${MONTHS}::int) as m cross join generate_series(1, 500) as i
          ), errado as (
            select m, i, valor, e / valor as relogio,
              coalesce(sum(valor) over (partition by m order by acaso rows between unbounded preceding and 1 preceding), 0)
                < ${wrong}::float8 * sum(valor) over (partition by m) as errada
            from item
          ), mes as (
            select m, sum(valor) as total, coalesce(sum(valor) filter (where errada), 0) as dano,
              (array_agg(valor order by relogio))[1:${answers}] as valores,
              (array_agg(errada::int::float8 order by relogio))[1:${answers}] as erradas
            from errado group by m
          ), visto as (
            select m.*, (
              select max(r.riqueza) from audit_interno.riqueza_certificado(m.valores, m.erradas, m.total, array[m.dano / m.total], ${meta}) r
            ) as riqueza from mes m
          )
          select avg((riqueza < 20)::int)::float as holds, (
              select max(audit_interno.limite_certificado(v.valores, v.erradas, v.total, ${meta})) from (select * from visto limit 10) as v
            )::float as most,
            (select bool_and(audit_interno.limite_certificado(v.valores, v.erradas, v.total, ${meta}) >= v.dano / v.total)
              from (select * from visto where riqueza < 20 limit 10) as v) as above
          from visto`
      })
      const { holds, most, above } = row as unknown as { holds: number; most: number; above: boolean }
      t.comment(
        `goal ${meta}, ${wrong} of the money wrong: the bound holds in ${holds} of the months; the largest of ten is ${most}`,
      )
      t.ok(holds >= LEAST, `${wrong} of the money wrong, ${meta} wanted`)
      t.ok(above, 'and is not smaller than the wrong share')
      if (wrong === 0) t.ok(most <= meta + 1e-9, `nothing wrong: at most ${meta} after ${answers}`)
    }
  }
})

t.test('people check a sample that nobody chose, and the possible error is stated in reais', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`
  await correct(c, 400)
  const before = await certificado(c)
  t.match(before, { corrigidas: 400, meta: 0.05, tamanho: 59, conferidas: 0, erradas: 0 })
  t.equal(before['limite'], before['valor'], 'before anybody has looked, all of it may be wrong')
  const items = await amostra(c)
  t.equal(items.length, 59)
  t.same(await amostra(c), items, 'the same sample again')

  const certificar = (who: 'ana' | 'bruno', id: number, right = true) =>
    c.asPerson(who)`select * from audit.certificar(${id}, ${right}, 'conferido com a nota')`
  t.match(await certificar('ana', items[1]?.id as number), [
    { resultado: 'feita', explicacao: 'conferida: certa', status: 'corrigida' },
  ])
  t.match(
    await certificado(c),
    { conferidas: 0 },
    'the first answer is missing: the second does not count yet',
  )
  await certificar('bruno', items[0]?.id as number)
  t.match(await certificado(c), { conferidas: 2 })
  for (const { id } of items.slice(2)) await certificar('ana', id)
  const after = await certificado(c)
  t.match(after, { conferidas: 59, erradas: 0 })
  t.ok(after['limite'] <= 0.05 * after['valor'], `at most ${after['limite']} of ${after['valor']}`)
  const [message] =
    await c.sql`select audit_interno.conteudo_mensagem(id) as facts from audit.notificacoes where tipo = 'resumo'`
  const mail = await render(factsSchema.parse(message?.['facts']))
  for (const said of [mail.text, mail.html])
    t.match(
      said.replaceAll(/\s|&nbsp;/g, ' '),
      /no máximo R\$ .* de R\$ .* corrigidos neste mês estão errados \(59 conferidas\)/,
    )
  const [sorteio] = await c.sql`select distinct selo from audit.corrigidas_no_mes()`
  t.ok(mail.text.includes(String(sorteio?.['selo'])), 'and carries the seal from which it was drawn')
  const lida = await conferente(['certificar'], { url: personal(c.url, 'leo') })
  t.match(
    lida.stdout,
    /^Com 95% de confiança, no máximo R\$ .* de R\$ .* corrigidos estão errados \(59 conferidas\)\.$/m,
  )
  t.match(
    one(await c.sql`select prova, respostas::int from audit.regras where nome = 'errada'`),
    { respostas: 59 },
    'it answers for the rule too',
  )

  t.match(await certificar('bruno', items[3]?.id as number, false), [
    { explicacao: /conferente reverter --divergencia \d+ --porque erradas/, status: 'corrigida' },
  ])
  const wrongOne = await certificado(c)
  t.match(wrongOne, { conferidas: 59, erradas: 1 })
  t.ok(
    wrongOne['limite'] > 0.05 * wrongOne['valor'] && wrongOne['limite'] < 0.3 * wrongOne['valor'],
    `${wrongOne['limite']} of ${wrongOne['valor']}`,
  )
  await c.asPerson(
    'ana',
  )`select from audit.reverter_divergencias(${[items[4]?.id as number]}, 'era outra', 'erradas')`
  t.match(await certificado(c), { erradas: 2 }, 'a correction rolled back as wrong is thereby answered')

  await c.asPerson(
    'adelia',
  )`select audit.alterar_configuracao('certificado.erro_maximo', '0.2', 'menos trabalho')`
  t.match(
    await certificado(c),
    { meta: 0.05, tamanho: 59 },
    'a goal set later applies from the next month on',
  )
  t.match(await c.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test('no role can change the sample, and nobody answers for their own work', async (t) => {
  const c = await scenario(t)
  await correct(c, 80)
  const items = await amostra(c)
  const id = items[0]?.id as number
  const certificar = (
    who: 'ana' | 'leo' | 'olivia' | 'adelia',
    from = id,
    right: boolean | null = true,
    reason = 'x',
  ) => sqlstate(c.asPerson(who)`select from audit.certificar(${from}, ${right}, ${reason})`)
  t.equal(await certificar('olivia'), '42501')
  t.equal(await certificar('leo'), '42501')
  t.equal(await certificar('adelia'), '42501')
  t.equal(await certificar('ana', id, null), 'NC001')
  t.equal(await certificar('ana', id, true, ' '), 'NC006')
  t.equal(await certificar('ana', -1), 'NC004')
  const [outside] =
    await c.sql`select divergencia_id::int as id from audit.corrigidas_no_mes() order by relogio desc limit 1`
  t.equal(await certificar('ana', outside?.['id']), 'NC005', 'not in the sample')
  await asOwner(c.sql, (owner) => owner`update audit.regras set concedida_por = 'ana' where nome = 'errada'`)
  t.equal(await certificar('ana'), 'NC007', 'the person who granted auto to the rule')
  await asOwner(
    c.sql,
    (owner) => owner`update audit.regras set concedida_por = 'adelia' where nome = 'errada'`,
  )
  await asOwner(c.sql, (owner) => owner`update audit.sessoes_processamento set solicitada_por = 'ana'`)
  t.equal(await certificar('ana'), 'NC007', 'the person who requested the session')
  for (const attempt of [
    'update audit.operacoes set selo = null',
    'update audit.divergencias_processadas set valor_em_risco = 0',
    'delete from audit.alteracoes',
    `insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo) values (1, ${id}, 'certificacao_certa', 'ana', 'x')`,
  ])
    for (const who of ['ana', 'olivia', 'adelia'] as const)
      t.equal(await sqlstate(c.asPerson(who).unsafe(attempt)), '42501', `${who}: ${attempt}`)
  t.same(await amostra(c), items)

  // whoever holds the seals can repeat the draw, without PostgreSQL
  const list = await c.asPerson(
    'leo',
  )`select sessao_id, selo, divergencia_id, valor from audit.corrigidas_no_mes()`
  const file = join(mkdtempSync(join(tmpdir(), 'sorteio-')), 'corrigidas.csv')
  writeFileSync(file, list.map((l) => `${l['sessao_id']};${l['divergencia_id']};${l['valor']}\n`).join(''))
  const drawn = execFileSync(
    process.execPath,
    [join(ROOT, 'docs/examples/sorteio.mjs'), file, '59', `${list[0]?.['sessao_id']}=${list[0]?.['selo']}`],
    { encoding: 'utf8' },
  )
  t.same(
    drawn.trim().split('\n').map(Number),
    items.map((i) => i.id),
    'the same sample',
  )
})
