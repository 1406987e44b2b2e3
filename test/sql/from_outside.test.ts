import t from 'tap'
import { one, scenario, sqlstate } from '../helper/scenario.ts'

t.test(
  'internal functions that an operator calls by hand do nothing in a session run elsewhere',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 })
    const conductor = await c.connectAs('olivia').reserve()
    const strange = await c.connectAs('olivia').reserve()
    const { id } = one(
      await conductor`select id from audit_interno.iniciar_sessao('auto', null, null, '{errada}')`,
    )
    const { id: scheduled } = one(
      await conductor`select id from audit.solicitar_processamento('auto', regras => '{errada}')`,
    )
    const sessions = async () => [
      ...(await c.sql`select s.id, s.status, e.status as regra from audit.sessoes_processamento s
      join audit.execucoes_regra e on e.sessao_id = s.id order by 1`),
    ]
    const before = await sessions()
    for (const session of [id, scheduled] as never[]) {
      const failure = (rule: string | null) =>
        sqlstate(
          strange`select audit_interno.registrar_falha_etapa(${session}, 'detectar', ${rule}, 'P0001', 'quero que falhe')`,
        )
      t.equal(await failure(null), 'NC016')
      t.equal(await failure('errada'), 'NC016')
      t.equal(
        await sqlstate(strange`select audit_interno.executar_etapa(${session}, 'detectar', 'errada')`),
        'NC016',
      )
      t.equal(await sqlstate(strange`select audit_interno.conduzir_sessao(${session})`), '42501')
    }
    t.equal(
      await sqlstate(strange`select audit_interno.criar_sessao('auto', null, null, '{errada}', true)`),
      '42501',
      'no session waits for a job that does not exist',
    )
    for (const perform of [
      `dar_passo(1, 'detectar', 'errada')`,
      `anotar_falha(1, 'detectar', null, 'P0001', 'x')`,
    ]) {
      t.equal(await sqlstate(strange.unsafe(`select audit_interno.${perform}`)), '42501')
    }
    t.same(await strange`select id from audit_interno.encerrar_interrompidas()`, [])
    t.same(await sessions(), before)
    t.same(
      await c.sql`select x.papel, string_agg(p.proname, ' ' order by p.proname) as funcoes
      from pg_proc p cross join unnest(array['leitor', 'revisor', 'operador', 'administrador']) as x (papel)
      where p.pronamespace::regnamespace::text ~ '^(audit_interno|regras|regra_.*)$' and p.provolatile <> 'i'
        and has_schema_privilege('conferente_' || x.papel, p.pronamespace, 'usage')
        and has_function_privilege('conferente_' || x.papel, p.oid, 'execute')
      group by 1`,
      [
        {
          papel: 'operador',
          // functions that only read, and those tried here or harmless to others
          funcoes:
            'e_fechado encerrar_interrompidas executar_etapa iniciar_sessao limpar_conexao lista_fechados pode_ver_resumo proxima_etapa registrar_falha_etapa',
        },
      ],
      'and these are all that anybody may call, in schemas that no API shows',
    )
    t.equal(
      await sqlstate(conductor`select audit_interno.executar_etapa(${id as never}, 'detectar', 'errada')`),
      'aceito',
    )
    conductor.release()
    strange.release()
  },
)

t.test('how much a reader can have sealed is limited', async (t) => {
  const c = await scenario(t)
  const large = JSON.stringify({ filtro: 'x'.repeat(10_001) })
  const leo = c.asPerson('leo')
  t.equal(await sqlstate(leo`select audit.registrar_exportacao(${large}::text::jsonb)`), 'NC001')
  t.equal(await sqlstate(leo`select audit.registrar_exportacao('[1]'::jsonb)`), 'NC001')
  const { id } = one(await leo`select audit.registrar_exportacao('{"formato": "csv"}') as id`)
  t.equal(
    await sqlstate(leo`select audit.finalizar_operacao(${id}, detalhes => ${large}::text::jsonb)`),
    'NC001',
  )
  t.equal(
    await sqlstate(c.asPerson('ana')`select audit.registrar_operacao('externa', 'x', ${large}::text::jsonb)`),
    'NC001',
  )
  t.equal(await sqlstate(leo`select audit.finalizar_operacao(${id}, linhas => 3)`), 'aceito')
  t.equal((await c.sql`select from audit.operacoes where tipo = 'exportacao'`).length, 1)
})
