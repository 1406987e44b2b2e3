// A superuser gets past every trigger: whatever is then changed, deleted or added is found, and the right link is named.
import t, { type Test } from 'tap'
import type { Row } from '../../../src/db/connection.ts'
import { one, scenario } from '../../helper/scenario.ts'

const c = await scenario(t)
await c.book(
  { id: 1 },
  { id: 2, confianca: 0.5 },
  { id: 3, confianca: 0.5 },
  { id: 4, confianca: 0.5 },
  { id: 5, confianca: 0.5 },
  { id: 6, descricao: 'aponta', confianca: 0.5 },
)
await c.runSession('auto')
await c.approve('ana', (await c.finding(2)).id)
await c.reject('ana', (await c.finding(3)).id)
await c.asPerson('ana')`select audit.reverter_divergencias(${[(await c.finding(1)).id]}, 'x')`
const declare = (record: string) =>
  c.asPerson(
    'ana',
  )`select id from audit.declarar_excecao('errada', 'dw.lancamentos', ${record}, 'x', now() + interval '1 day')`
await declare('4')
await c.asPerson('ana')`select audit.revogar_excecao(${one(await declare('5'))['id']}, 'x')`
const adelia = c.asPerson('adelia')
const token = one(
  await adelia`select id from audit.registrar_token('Painel', 'leitor', now() + interval '9 days')`,
)
await adelia`select audit.revogar_acesso('perdido', token_id => ${token['id']})`
await c.runSession()
await adelia`select audit.alterar_configuracao('limites.linhas', '10', 'x')`
await c.asPerson('leo')`select audit.finalizar_operacao(audit.registrar_exportacao('{}'), linhas => 3)`
await c.sql`select audit_interno.selar()`

/** Position and id of the first operation of a kind. */
async function operation(type: string, condition = 'true') {
  const row = one(
    await c.sql.unsafe(
      `select id, elo from audit.operacoes o where tipo = '${type}' and ${condition} order by id limit 1`,
    ),
  )
  return { operacao_id: row['id'] as bigint, elo: row['elo'] as bigint }
}
const detection = await operation('deteccao')
const secondDetection = await operation('deteccao', `id > ${detection.operacao_id}`)
const correction = await operation('correcao')
const approval = await operation('aprovacao')
const rejection = await operation('rejeicao')
const exception = await operation('excecao')
const revocation = await operation('excecao', `detalhes ? 'revogada'`)
const access = await operation('acesso')
const noAccess = await operation('acesso', `detalhes ->> 'ato' = 'acesso revogado'`)
const setting = await operation('configuracao')
const last = await operation('exportacao')
const finding = (await c.finding(4)).id
const reviewed = (await c.finding(5)).id
const theWitness = one(await c.sql`select elo, encode(selo, 'hex') as selo from audit_interno.cadeia`)

type Expected = Readonly<Record<string, unknown>>

/** Tampers as a superuser whom no trigger stops, and asks as a reader; nothing of it is kept. */
async function tamperWith(
  t: Test,
  name: string,
  act: string,
  expected: readonly Expected[],
  witness: Row | undefined = undefined,
) {
  const undone = new Error('undone')
  await c.sql
    .begin(async (tx) => {
      await tx.unsafe(`set local session_replication_role = replica; ${act};
        set local session_replication_role = origin; set local role conferente_leitor`)
      const found = await tx`
        select * from audit.verificar_integridade(${witness?.['elo'] ?? null}::bigint, ${witness?.['selo'] ?? null}::text)`
      // everything.test.ts covers the last fact about a row; here it would only repeat other breaks
      const rows = found.filter(
        ({ situacao }) =>
          situacao !== 'estado_alterado' || expected.some((row) => row['situacao'] === situacao),
      )
      t.match(rows, expected, name)
      t.equal(
        rows.length,
        expected.length,
        `${name}: ${rows.map((r) => `${r['situacao']} ${r['elo']}`).join(', ')}`,
      )
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}

const proven = [{ situacao: 'provada' }]
const altered = { situacao: 'operacao_alterada', ocorrencias: 1n }
const who = (id: number | string, thePart: string) => `audit.divergencias_processadas ${id}: ${thePart}`

t.test('untouched it is proven, and the witness agrees', async (t) => {
  await tamperWith(t, 'nothing', 'select', proven)
  await tamperWith(t, 'nothing', 'select', proven, theWitness)
  const first = one(await c.sql`select elo, encode(selo, 'hex') as selo from audit.operacoes where elo = 3`)
  await tamperWith(t, 'an old witness', 'select', proven, first)
  await tamperWith(t, 'a witness of the beginning', 'select', proven, {
    elo: 0,
    selo: one(await c.sql`select encode(sha256('conferente'), 'hex') as selo`)['selo'],
  })
})

t.test('a changed operation', async (t) => {
  const { operacao_id, elo } = setting
  const columns = {
    tipo: `'externa'`,
    status: `'falhou'`,
    ator: `'outra'`,
    motivo: `'outro'`,
    iniciada_em: `iniciada_em - interval '1 microsecond'`,
    finalizada_em: `finalizada_em + interval '1 day'`,
    linhas: '99',
    detalhes: `'{"antes": 1}'`,
    regra: `'errada'`,
    sessao_id: '1',
  }
  for (const [column, value] of Object.entries(columns))
    await tamperWith(t, column, `update audit.operacoes set ${column} = ${value} where id = ${operacao_id}`, [
      {
        ...altered,
        operacao_id,
        elo,
        objeto: `audit.operacoes ${operacao_id}`,
        esperado: /^resumo [0-9a-f]{64}$/,
      },
    ])
  await tamperWith(t, 'every operation', `update audit.operacoes set ator = 'outra'`, [
    { situacao: 'operacao_alterada', elo: 1n },
    { situacao: 'excecao_alterada' },
    { situacao: 'acesso_alterado' },
  ])
})

t.test('a chain that was cut, reordered or sealed again', async (t) => {
  const from = (op: { operacao_id: bigint }) => `where id = ${op.operacao_id}`
  await tamperWith(t, 'deleted in the middle', `delete from audit.operacoes ${from(setting)}`, [
    { situacao: 'operacao_ausente', elo: setting.elo, operacao_id: null, ocorrencias: 1n },
    {
      situacao: 'fato_sem_operacao',
      objeto: /audit_interno.estados \d+: limites.linhas de audit.configuracoes_sistema/,
    },
  ])
  await tamperWith(t, 'deleted at the beginning', `delete from audit.operacoes where elo = 1`, [
    { situacao: 'operacao_ausente', elo: 1n, esperado: 'elo 1' },
    { situacao: 'fato_sem_operacao' },
  ])
  await tamperWith(
    t,
    'deleted with its facts',
    `delete from audit.operacoes ${from(rejection)}; delete from audit.decisoes where operacao_id = ${rejection.operacao_id}`,
    [
      { situacao: 'operacao_ausente', elo: rejection.elo },
      { situacao: 'fato_sem_operacao', operacao_id: rejection.operacao_id, objeto: /^audit_interno.estados/ },
    ],
  )
  await tamperWith(
    t,
    'deleted, and the rest moved up',
    `delete from audit.operacoes ${from(rejection)}; delete from audit.decisoes where operacao_id = ${rejection.operacao_id};
    alter table audit.operacoes drop constraint operacoes_elo_key;
    update audit.operacoes set elo = elo - 1 where elo > ${rejection.elo}; update audit_interno.cadeia set elo = elo - 1`,
    [
      { situacao: 'selo_anterior_errado', elo: rejection.elo, ocorrencias: 1n },
      { situacao: 'selo_errado', elo: rejection.elo, ocorrencias: last.elo - rejection.elo },
      { situacao: 'fato_sem_operacao', operacao_id: rejection.operacao_id },
      {
        situacao: 'esquema_ausente',
        objeto: 'índice operacoes_elo_key de audit.operacoes',
        ocorrencias: 2n,
      },
    ],
  )
  await tamperWith(t, 'the tail', `delete from audit.operacoes ${from(last)}`, [
    { situacao: 'cauda_ausente', elo: last.elo, operacao_id: null, objeto: 'audit_interno.cadeia' },
  ])
  await tamperWith(t, 'everything', 'delete from audit.operacoes where tipo = $$exportacao$$ or elo > 0', [
    { situacao: 'cauda_ausente', elo: 1n },
    { situacao: 'fato_sem_operacao' },
    { situacao: 'divergencia_sem_deteccao' },
    { situacao: 'acesso_alterado' },
    { situacao: 'excecao_alterada' },
  ])
  await tamperWith(t, 'the head', 'delete from audit_interno.cadeia', [
    { situacao: 'cabeca_errada', elo: last.elo, operacao_id: last.operacao_id, encontrado: 'nada' },
  ])
  await tamperWith(t, 'the head set back', 'update audit_interno.cadeia set elo = elo - 1', [
    { situacao: 'cabeca_errada', elo: last.elo },
  ])
  await tamperWith(t, 'the head sealed otherwise', `update audit_interno.cadeia set selo = sha256('x')`, [
    { situacao: 'cabeca_errada', elo: last.elo },
  ])
  const { elo } = approval
  await tamperWith(
    t,
    'two that changed places',
    `update audit.operacoes set elo = -elo where elo in (${elo}, ${elo + 1n});
    update audit.operacoes set elo = case -elo when ${elo} then ${elo + 1n} else ${elo} end where elo < 0`,
    [
      { situacao: 'selo_anterior_errado', elo, ocorrencias: 3n },
      { situacao: 'selo_errado', elo, ocorrencias: 2n },
    ],
  )
  await tamperWith(
    t,
    'a position twice',
    `alter table audit.operacoes drop constraint operacoes_elo_key; update audit.operacoes set elo = ${elo} where elo = ${elo + 1n}`,
    [
      { situacao: 'elo_repetido', elo, ocorrencias: 1n },
      { situacao: 'selo_errado', elo, ocorrencias: 1n },
      { situacao: 'operacao_ausente', elo: elo + 1n },
      {
        situacao: 'esquema_ausente',
        objeto: 'índice operacoes_elo_key de audit.operacoes',
        ocorrencias: 2n,
      },
    ],
  )
  await tamperWith(
    t,
    'selo_anterior',
    `update audit.operacoes set selo_anterior = sha256('x') where elo = ${elo}`,
    [
      { situacao: 'selo_anterior_errado', elo, ocorrencias: 1n, operacao_id: approval.operacao_id },
      { situacao: 'selo_errado', elo, ocorrencias: 1n },
    ],
  )
  await tamperWith(
    t,
    'no selo_anterior',
    `update audit.operacoes set selo_anterior = null where elo = ${elo}`,
    [
      { situacao: 'selo_anterior_errado', elo },
      { situacao: 'selo_errado', elo },
    ],
  )
  await tamperWith(t, 'selo', `update audit.operacoes set selo = sha256('x') where elo = ${elo}`, [
    { situacao: 'selo_errado', elo, ocorrencias: 1n },
    { situacao: 'selo_anterior_errado', elo: elo + 1n, ocorrencias: 1n },
  ])
  await tamperWith(t, 'resumo', `update audit.operacoes set resumo = sha256('x') where elo = ${elo}`, [
    { ...altered, elo },
    { situacao: 'selo_errado', elo, ocorrencias: 1n },
  ])
})

t.test('a changed, deleted or added fact', async (t) => {
  await tamperWith(
    t,
    'a detection',
    `update audit.deteccoes set confianca = 0.1 where divergencia_id = ${finding}`,
    [{ ...altered, ...detection, encontrado: /deteccoes 6, alteracoes 0, decisoes 0, excecoes 0$/ }],
  )
  await tamperWith(
    t,
    'a detection deleted',
    `delete from audit.deteccoes where divergencia_id = ${reviewed} and operacao_id = ${secondDetection.operacao_id}`,
    [
      {
        situacao: 'divergencia_alterada',
        elo: detection.elo,
        objeto: who(reviewed, 'vezes_detectada'),
        esperado: '1',
        encontrado: '2',
      },
      { ...altered, ...secondDetection },
    ],
  )
  await tamperWith(
    t,
    'a detection added',
    `insert into audit.deteccoes select ${secondDetection.operacao_id}, divergencia_id, confianca, resumo from audit.deteccoes where divergencia_id = ${finding}`,
    [
      { ...altered, ...secondDetection },
      { situacao: 'divergencia_alterada', ...secondDetection, objeto: who(finding, 'vezes_detectada') },
    ],
  )
  const one = `where operacao_id = ${correction.operacao_id}`
  await tamperWith(t, 'an image', `update audit.alteracoes set antes = '{"categoria": "X"}' ${one}`, [
    { ...altered, ...correction },
  ])
  await tamperWith(t, 'an image deleted', `delete from audit.alteracoes ${one}`, [
    { ...altered, ...correction, encontrado: /linhas 1; deteccoes 0, alteracoes 0/ },
  ])
  await tamperWith(
    t,
    'an image added',
    `insert into audit.alteracoes values (${correction.operacao_id}, ${finding}, null, '{}', '{}')`,
    [{ ...altered, ...correction }],
  )
  await tamperWith(
    t,
    'an image of another finding',
    `update audit.alteracoes set divergencia_id = ${finding} ${one}`,
    [{ ...altered, ...correction }],
  )
  await tamperWith(
    t,
    'an image of another operation',
    `update audit.alteracoes set operacao_id = ${rejection.operacao_id} ${one}`,
    [{ ...altered, ...correction, ocorrencias: 2n }],
  )
  for (const [column, value] of Object.entries({
    ator: `'outra'`,
    motivo: `'outro'`,
    tipo: `'rejeicao'`,
    confianca: '0.9',
    valores: `'{"categoria": "X"}'`,
    ate: `'infinity'`,
    para: `'bruno'`,
    antes: `'{}'`,
    decidida_em: 'now()',
  }))
    await tamperWith(
      t,
      `a decision's ${column}`,
      `update audit.decisoes set ${column} = ${value} where operacao_id = ${approval.operacao_id}`,
      [{ ...altered, ...approval }],
    )
  await tamperWith(
    t,
    'a decision deleted',
    `delete from audit.decisoes where operacao_id = ${rejection.operacao_id}`,
    [{ ...altered, ...rejection }],
  )
  await tamperWith(
    t,
    'a decision added',
    `insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo) values (${approval.operacao_id}, ${finding}, 'aprovacao', 'ana', 'x')`,
    [{ ...altered, ...approval }],
  )
  await tamperWith(
    t,
    'an exception',
    `update audit.excecoes set expira_em = 'infinity' where operacao_id = ${exception.operacao_id}`,
    [{ ...altered, ...exception }],
  )
  await tamperWith(
    t,
    'an exception deleted',
    `delete from audit.excecoes where operacao_id = ${exception.operacao_id}`,
    [{ ...altered, ...exception }],
  )
  await tamperWith(
    t,
    'an exception added',
    `insert into audit.excecoes (operacao_id, regra, tabela, registro_id, motivo, autor, expira_em)
    values (${setting.operacao_id}, 'errada', 'dw.lancamentos', '9', 'x', 'ana', 'infinity')`,
    [{ ...altered, ...setting }],
  )
  await tamperWith(
    t,
    'an exception revoked by nobody',
    `update audit.excecoes set revogada_em = now(), revogada_por = 'ana' where operacao_id = ${exception.operacao_id}`,
    [{ situacao: 'excecao_alterada', elo: null, encontrado: 'ana', esperado: 'em vigor' }],
  )
  await tamperWith(
    t,
    'an exception in force again',
    'update audit.excecoes set revogada_em = null, revogada_por = null',
    [{ situacao: 'excecao_alterada', ...revocation, esperado: 'ana', encontrado: 'em vigor' }],
  )
})

t.test('tokens, sign-ins and revocations', async (t) => {
  const equal = `where id = '${token['id']}'`
  for (const [column, value] of Object.entries({
    nome: `'outra'`,
    papel: `'conferente_administrador'`,
    expira_em: `expira_em + interval '1 year'`,
    emitido_por: `'outra'`,
    id: `'outro'`,
  }))
    await tamperWith(t, `a token's ${column}`, `update audit.tokens set ${column} = ${value} ${equal}`, [
      { situacao: 'acesso_alterado', ...access },
    ])
  await tamperWith(t, 'a token deleted', `delete from audit.tokens ${equal}`, [
    { situacao: 'acesso_alterado', ...access },
  ])
  await tamperWith(
    t,
    'a token added',
    `insert into audit.tokens select 'novo', ${setting.operacao_id}, 'x', papel, now(), 'x', expira_em from audit.tokens`,
    [{ situacao: 'acesso_alterado', elo: null, objeto: 'audit.tokens novo', esperado: 'nenhum token' }],
  )
  await tamperWith(t, 'a revocation deleted', 'delete from audit.revogacoes', [
    { situacao: 'acesso_alterado', ...noAccess, encontrado: 'nenhuma revogação' },
  ])
  await tamperWith(t, 'a revocation changed', `update audit.revogacoes set token_id = 'outro'`, [
    { situacao: 'acesso_alterado', ...noAccess },
  ])
})

t.test('a changed, deleted or added finding', async (t) => {
  const thisOne = `where id = ${finding}`
  const parts: Record<string, readonly [change: string, part: string]> = {
    regra: [`regra = 'trade_marketing'`, 'identidade'],
    tabela: [`tabela = 'dw.outra'`, 'identidade'],
    registro_id: [`registro_id = '99'`, 'identidade'],
    valores_propostos: [`valores_propostos = '{"categoria": "X"}'`, 'identidade'],
    impressao: [`impressao = substr(sha256('x'), 1, 16)`, 'identidade'],
    identidade: [`identidade = sha256('x')`, 'identidade'],
    valores_originais: [`valores_originais = '{"categoria": "X"}'`, 'ultima deteccao'],
    detectada_em: [`detectada_em = detectada_em - interval '1 microsecond'`, 'ultima deteccao'],
    confianca: ['confianca = 0.51', 'ultima deteccao'],
    evidencia: [`evidencia = '{"tipo": "outra"}'`, 'ultima deteccao'],
    justificativa: [`justificativa = 'outra'`, 'ultima deteccao'],
    valor_em_risco: ['valor_em_risco = 0', 'ultima deteccao'],
    hash_regra: [`hash_regra = repeat('0', 64)`, 'ultima deteccao'],
    vezes_detectada: ['vezes_detectada = 7', 'vezes_detectada'],
    sessao_id: ['sessao_id = 2', 'sessao_id'],
    sessao_ultima_id: ['sessao_ultima_id = 2', 'sessao_ultima_id'],
  }
  for (const [column, [change, part]] of Object.entries(parts))
    await tamperWith(t, column, `update audit.divergencias_processadas set ${change} ${thisOne}`, [
      { situacao: 'divergencia_alterada', ...detection, objeto: who(finding, part), ocorrencias: 1n },
    ])
  await tamperWith(
    t,
    'the kind of a flag',
    `update audit.divergencias_processadas set evidencia = '{"tipo": "outra"}' where valores_propostos = '{}'`,
    [{ situacao: 'divergencia_alterada', objeto: who((await c.finding(6)).id, 'identidade') }],
  )
  await tamperWith(
    t,
    'another proposal, with its identity',
    `update audit.divergencias_processadas d set valores_propostos = '{"categoria": "X"}', identidade = audit_interno.identidade(
      regra, tabela, registro_id, '{"categoria": "X"}', evidencia, entrada, impressao) ${thisOne}`,
    [{ situacao: 'divergencia_alterada', ...detection, objeto: who(finding, 'ultima deteccao') }],
  )
  await tamperWith(t, 'deleted', `delete from audit.divergencias_processadas ${thisOne}`, [
    { situacao: 'fato_sem_divergencia', ...detection, esperado: `audit.divergencias_processadas ${finding}` },
  ])
  await tamperWith(
    t,
    'added',
    `insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
      valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
    select sessao_id, sessao_ultima_id, regra, hash_regra, tabela, '99', valores_originais, valores_propostos, confianca, evidencia,
      justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao
    from audit.divergencias_processadas ${thisOne}`,
    [{ situacao: 'divergencia_sem_deteccao', elo: null, operacao_id: null }],
  )
})

t.test('the triggers that refuse change', async (t) => {
  await tamperWith(t, 'one off', 'alter table audit.decisoes disable trigger proteger', [
    {
      situacao: 'protecao_desligada',
      elo: null,
      objeto: 'gatilho proteger de audit.decisoes',
      ocorrencias: 1n,
    },
  ])
  await tamperWith(t, 'all off', 'alter table audit.operacoes disable trigger all', [
    { situacao: 'esquema_alterado', objeto: 'tabela audit.operacoes' },
    { situacao: 'protecao_desligada', ocorrencias: 3n },
  ])
  await tamperWith(t, 'for replicas only', 'alter table audit.operacoes enable replica trigger selar', [
    { situacao: 'protecao_desligada', objeto: 'gatilho selar de audit.operacoes' },
  ])
  await tamperWith(t, 'always is well', 'alter table audit.operacoes enable always trigger proteger', proven)
  for (const [table, trigger] of [
    ['operacoes', 'selar'],
    ['operacoes', 'proteger_truncate'],
    ['tokens', 'proteger'],
    ['divergencias_processadas', 'proteger_identidade'],
    ['divergencias_processadas', 'proteger_transicao'],
  ])
    await tamperWith(t, `${trigger} gone`, `drop trigger ${trigger} on audit.${table}`, [
      { situacao: 'protecao_ausente', objeto: `gatilho ${trigger} de audit.${table}` },
    ])
  await tamperWith(t, 'of all months', 'drop trigger proteger on audit.alteracoes', [
    { situacao: 'esquema_alterado', objeto: 'tabela audit_interno.alteracoes_AAAA_MM' },
    { situacao: 'protecao_ausente', objeto: 'gatilho proteger de audit.alteracoes' },
  ])
  const [month] =
    await c.sql`select to_char(now() at time zone 'UTC', '"audit_interno.alteracoes_"YYYY_MM') as name`
  for (const act of [
    `drop trigger proteger_truncate on ${month?.['name']}`,
    `alter table ${month?.['name']} disable trigger proteger`,
    `grant select on ${month?.['name']} to conferente_leitor`,
    `create policy p on ${month?.['name']} for all using (false)`,
    `create rule r as on delete to ${month?.['name']} do instead nothing`,
    `create trigger t before insert on ${month?.['name']} for each row execute function audit_interno.recusar_mudanca()`,
  ])
    await c.sql
      .begin(async (tx) => {
        await tx.unsafe(act)
        const kinds = (await tx`select * from audit_interno.quebras_esquema()`).map((row) => row['objeto'])
        t.ok(
          kinds.some((objeto) => objeto.includes('alteracoes_AAAA_MM')),
          `of one month: ${act}`,
        )
        throw new Error('undone')
      })
      .catch((error: Error) => error.message === 'undone' || Promise.reject(error))
  await tamperWith(
    t,
    'a condition that never holds',
    `create or replace trigger proteger before update or delete on audit.decisoes for each row when (false)
      execute function audit_interno.recusar_mudanca()`,
    [{ situacao: 'protecao_alterada', encontrado: /WHEN \(false\)/ }],
  )
  await tamperWith(
    t,
    'fewer columns',
    `create or replace trigger proteger_identidade before update of id on audit.divergencias_processadas
      for each row execute function audit_interno.recusar_mudanca()`,
    [{ situacao: 'protecao_alterada' }],
  )
  await tamperWith(
    t,
    'another function',
    `create function public.nada() returns trigger language plpgsql as 'begin return new; end';
    create or replace trigger proteger before update or delete on audit.decisoes for each row execute function public.nada()`,
    [{ situacao: 'protecao_alterada' }],
  )
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [row] = await tx`select situacao, ocorrencias from audit.verificar_integridade()`
    t.match(row, { situacao: 'protecao_desligada' }, 'off for a whole login or database')
    t.ok(row?.['ocorrencias'] > 15n)
  })
})

t.test('a complete rewrite is contradicted by an old mail', async (t) => {
  await tamperWith(
    t,
    'the tail and the head',
    `delete from audit.operacoes where id = ${last.operacao_id};
    update audit_interno.cadeia set (elo, selo) = (select elo, selo from audit.operacoes order by elo desc nulls last limit 1)`,
    proven,
  )
  await tamperWith(
    t,
    'the tail and the head, with a witness',
    `delete from audit.operacoes where id = ${last.operacao_id};
    update audit_interno.cadeia set (elo, selo) = (select elo, selo from audit.operacoes order by elo desc nulls last limit 1)`,
    [{ situacao: 'testemunha_contradita', elo: last.elo, encontrado: 'nenhuma operação com este elo' }],
    theWitness,
  )
  const rewrite = `
    update audit.decisoes set ator = 'outra' where operacao_id = ${approval.operacao_id};
    do $$
    declare
      v_selo bytea := sha256('conferente');
      v_id bigint;
      v_elo bigint := 0;
      v_resumo bytea;
    begin
      for v_id in select id from audit.operacoes where elo is not null order by elo loop
        v_elo := v_elo + 1;
        v_resumo := audit_interno.resumo_operacao(v_id);
        update audit.operacoes set elo = v_elo, resumo = v_resumo, selo_anterior = v_selo,
          selo = sha256(v_selo || int8send(v_elo) || v_resumo)
        where id = v_id returning selo into v_selo;
      end loop;
      update audit_interno.cadeia set elo = v_elo, selo = v_selo;
    end $$`
  await tamperWith(t, 'all of it', rewrite, proven)
  await tamperWith(
    t,
    'all of it, with a witness',
    rewrite,
    [
      {
        situacao: 'testemunha_contradita',
        ...last,
        esperado: `selo ${theWitness['selo']}`,
      },
    ],
    theWitness,
  )
  const before = one(
    await c.sql`select elo, encode(selo, 'hex') as selo from audit.operacoes where elo = ${approval.elo - 1n}`,
  )
  await tamperWith(t, 'a witness from before cannot know', rewrite, proven, before)
})

t.test('a missing seal, and facts without an operation', async (t) => {
  const { sql } = c
  const off = 'set session_replication_role = replica;'
  const tamper = (act: string) => sql.begin((tx) => tx.unsafe(`${off.replace('set', 'set local')} ${act}`))
  const verify = () => c.asPerson('leo')`select * from audit.verificar_integridade()`
  const unsealed = one(
    await sql.begin(async (tx) => {
      await tx.unsafe(off.replace('set', 'set local'))
      return tx`insert into audit.operacoes (tipo, status, ator, finalizada_em) values ('configuracao', 'concluida', 'x', now()) returning id`
    }),
  )['id']
  t.match(
    await verify(),
    [{ situacao: 'operacao_sem_selo', operacao_id: unsealed, ocorrencias: 1n }],
    'ended',
  )
  await tamper(
    `update audit.operacoes set status = 'em_andamento', finalizada_em = null where id = ${unsealed}`,
  )
  t.match(await verify(), [{ situacao: 'operacao_sem_selo' }], 'a kind that is never left under way')
  await tamper(`update audit.operacoes set tipo = 'externa' where id = ${unsealed}`)
  t.match(await verify(), [{ situacao: 'provada' }], 'one that may')
  await tamper(`insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo)
    values (${unsealed}, ${finding}, 'aprovacao', 'x', 'x'), (9999, ${finding}, 'aprovacao', 'x', 'x')`)
  t.match(await verify(), [
    { situacao: 'fato_sem_operacao', operacao_id: 9999n, objeto: /^audit.decisoes \d+$/ },
    { situacao: 'fato_sem_selo', operacao_id: unsealed },
  ])
  await tamper(`delete from audit.decisoes where operacao_id in (${unsealed}, 9999)`)
  t.match(await verify(), [{ situacao: 'provada' }])
  await tamper(
    `update audit.operacoes set elo = null, resumo = null, selo_anterior = null, selo = null where id = ${approval.operacao_id}`,
  )
  t.match(await verify(), [
    { situacao: 'operacao_ausente', elo: approval.elo },
    { situacao: 'fato_sem_selo', operacao_id: approval.operacao_id },
    { situacao: 'operacao_sem_selo', operacao_id: approval.operacao_id },
  ])
})
