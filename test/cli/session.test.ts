import { existsSync } from 'node:fs'
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { until } from '../helper/work.ts'
import { conferente, makeWarehouse, personal } from './helper.ts'

const { sql, url } = await testDatabase(t)
await makeWarehouse(sql)
const olivia = personal(url, 'olivia')
const ana = personal(url, 'ana')
const bruno = personal(url, 'bruno')
const adelia = personal(url, 'adelia')
const year = ['--data-inicio', '2025-11-01', '--data-fim', '2026-10-31']
const openOnes = async (condition: string) =>
  (
    await sql.unsafe(
      `select * from audit.divergencias_processadas where status = 'aberta' and ${condition} order by id`,
    )
  ).map((d) => ({ ...d, id: String(d['id']) })) as unknown as {
    id: string
    registro_id: string
    valores_originais: Record<string, string>
  }[]
const um = async (query: string) => Object.values((await sql.unsafe(query))[0] ?? {})[0]
const pair = `(select (valor #>> '{}')::numeric from audit.configuracoes_sistema where chave = 'aprovacao.valor_dupla')`
const proposes = `valores_propostos <> '{}'`

await t.test('a simulation says what would change and changes nothing', async (t) => {
  const ran = await conferente(['processar', '--modo', 'auto', ...year, '--simular'], { url: olivia })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /Simulação: terminaria concluida/)
  t.match(ran.stdout, /→ categoria: Trade Marketing/)
  const json = (
    await conferente(['processar', '--modo', 'auto', ...year, '--simular', '--json'], { url: olivia })
  ).json()
  t.equal(json.simulada, true)
  t.ok(json.resumo.exemplos.length > 0)
  t.equal(await um('select count(*)::int from audit.sessoes_processamento'), 0)
})

await t.test('a manual session finds and changes nothing', async (t) => {
  const ran = await conferente(['processar', '--modo', 'manual', ...year], { url: olivia })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /Sessão \d+: concluida; lançamentos de 01\/11\/2025 a 31\/10\/2026/)
  t.match(ran.stdout, /R\$ [\d.]+,\d\d/, 'amounts as Brazilians write them')
  t.match(ran.stderr, /procurando divergências: trade_marketing \(1\/3\)/, 'plain progress')
  t.notOk(ran.stderr.includes('\u001b'), 'no control sequences in a pipe')
  t.equal(await um('select count(*)::int from audit.alteracoes'), 0)
  t.ok((await openOnes('true')).length > 10)
})

await t.test('a rule that lost auto says why', async (t) => {
  await sql`update audit.regras set automatica = false, automatica_perdida = 'perdeu a correção automática: 3 de 40'
    where nome = 'trade_marketing'`
  const ran = await conferente(['regras'], { url: ana })
  t.match(ran.stdout, /^trade_marketing perdeu a correção automática: 3 de 40$/m)
  await sql`update audit.regras set automatica = true, automatica_perdida = null where nome = 'trade_marketing'`
})

await t.test('findings are listed, as lines and as JSON', async (t) => {
  const lines = await conferente(['listar', '--limite', '3', '--detalhe'], { url: personal(url, 'leo') })
  t.equal(lines.code, 0, lines.stderr)
  t.match(lines.stderr, /^3 de \d+$/m)
  const known = await conferente(['listar', '--limite', '3', '--detalhe'], { url: ana })
  t.match(
    known.stdout,
    / · \d\d\/\d\d\/\d{4} · .* · R\$ [\d.]+,\d\d: /,
    'days and amounts as people write them',
  )
  t.notMatch(known.stdout, / · \d{4}-\d\d-\d\d · /)
  const json = (await conferente(['listar', '--regra', 'validacao_valores', '--json'], { url: ana })).json()
  t.ok(json.length > 0)
  t.type(json[0].id, 'string')
  t.ok(json.every((d: { regra: string }) => d.regra === 'validacao_valores'))
  for (const command of ['regras', 'padroes', 'sessoes', 'configurar', 'diagnostico']) {
    const ran = await conferente([command, '--json'], { url: ana })
    t.equal(ran.code, 0, `${command} ${ran.stderr}`)
    t.ok(ran.json().length > 0, command)
    t.equal((await conferente([command], { url: ana })).code, 0, command)
  }
  t.match(
    (await conferente(['sessoes'], { url: ana })).stdout,
    / e-mail *\n(.*\n)*.*resumo: dispensada/,
    'unsent mail is reported',
  )
  const [theSession] = (await conferente(['sessoes', '--json'], { url: ana })).json()
  t.equal(theSession.data_inicio, '2025-11-01', 'a date stays the same date')
})

await t.test('approved, listed in its history, rolled back', async (t) => {
  const [d] = await openOnes(`regra = 'pendente_verificacao' and ${proposes} and valor_em_risco < ${pair}`)
  const id = d?.id ?? ''
  const record = d?.registro_id ?? ''
  const category = () => um(`select categoria from dw.lancamentos where id = ${record}`)
  const approved = await conferente(['aprovar', id, '--motivo', 'conferido', '--json'], { url: ana })
  t.equal(approved.code, 0, approved.stderr)
  t.match(approved.json(), [{ id, status: 'corrigida', decidida_por: 'ana' }])
  t.not(await category(), d?.valores_originais['categoria'])
  const twice = await conferente(['aprovar', id, '--motivo', 'outra vez'], { url: ana })
  t.equal(twice.code, 1)
  t.match(twice.stderr, /NC005/)

  const back = await conferente(['reverter', '--divergencia', id, '--motivo', 'engano'], { url: ana })
  t.equal(back.code, 0, back.stderr)
  t.match(back.stdout, /revertidas: 1; não revertidas: 0/)
  t.equal(await category(), d?.valores_originais['categoria'])
  const history = await conferente(['historico', 'dw.lancamentos', record], { url: ana })
  t.match(history.stdout, /deteccao[\s\S]*aprovacao[\s\S]*alteracao[\s\S]*alteracao desfeita/)
  t.equal((await conferente(['reabrir', id, '--motivo', 'de novo'], { url: ana })).code, 0)
})

await t.test('rejected', async (t) => {
  const [d] = await openOnes(`regra = 'trade_marketing'`)
  const ran = await conferente(['rejeitar', d?.id ?? '', '--motivo', 'está certo'], { url: ana })
  t.equal(ran.code, 0, ran.stderr)
  t.match(ran.stdout, /rejeitada/)
})

await t.test('undone by operation number; confirmed; a batch with one already decided', async (t) => {
  const [um, two, three] = await openOnes(
    `regra = 'pendente_verificacao' and ${proposes} and valor_em_risco < ${pair}`,
  )
  const ids = [um?.id ?? '', two?.id ?? '', three?.id ?? '']
  const confirmed = await conferente(['confirmar', ids[0] as string, '--motivo', 'a filial estorna'], {
    url: ana,
  })
  t.equal(confirmed.code, 0, confirmed.stderr)
  t.match(confirmed.stdout, /resolvida/)
  const lot = await conferente(['aprovar', ...ids, '--motivo', 'conferido'], { url: bruno })
  t.equal(lot.code, 1, 'not everything was done')
  t.match(lot.stdout, /já está resolvida por ana em .*: a filial estorna/)
  t.match(lot.stderr, /2 corrigida, 1 deixadas/)
  const [, operation = ''] = /conferente desfazer (\d+)/.exec(lot.stderr) ?? []
  t.equal(
    (await conferente(['desfazer', operation, '--motivo', 'x'], { url: ana })).code,
    1,
    'it belongs to somebody else',
  )
  const undone = await conferente(['desfazer', operation, '--motivo', 'lista errada', '--json'], {
    url: bruno,
  })
  t.equal(undone.code, 0, undone.stderr)
  t.match(undone.json(), [{ status: 'aberta' }, { status: 'aberta' }])
})

await t.test('postponed, forwarded and commented findings are listed, and the acts are undone', async (t) => {
  const [um, two] = await openOnes(`regra = 'pendente_verificacao' and ${proposes}`)
  const ids = [um?.id ?? '', two?.id ?? '']
  const postpone = (...args: string[]) =>
    conferente(['adiar', ...args, '--motivo', 'vem a nota'], { url: ana })
  t.equal((await postpone(ids[0] as string, '--ate', 'amanhã')).code, 2)
  t.match(
    (await postpone(ids[0] as string, '--ate', '2020-01-01')).stderr,
    /não se pode adiar para um dia que já passou/,
  )
  const postponed = await postpone(...ids)
  t.equal(postponed.code, 0, postponed.stderr)
  t.match(postponed.stdout, /adiada até que o registro mude/)
  const list = await conferente(['listar', '--regra', 'pendente_verificacao', '--limite', '1000'], {
    url: ana,
  })
  t.match(list.stdout, /adiada até[\s\S]*o registro mudar/)
  t.match(list.stderr, /de \d+, 2 adiadas/)
  const forwarded = await conferente(
    ['encaminhar', ids[0] as string, '--para', 'Bruno', '--motivo', 'conhece', '--json'],
    { url: ana },
  )
  t.match(forwarded.json(), [{ status: 'aberta', explicacao: 'encaminhada para bruno' }])
  const comment = await conferente(['comentar', ids[0] as string, '--comentario', 'liguei'], { url: bruno })
  t.equal(comment.code, 0, comment.stderr)
  t.match(
    (await conferente(['listar', '--regra', 'pendente_verificacao', '--limite', '1000'], { url: ana }))
      .stdout,
    /encaminhada para[\s\S]*bruno/,
  )
  t.equal((await conferente(['comentar', ids[0] as string, '--comentario', 'x'], { url: adelia })).code, 1)
  const undo = (operation: unknown) =>
    conferente(['desfazer', String(operation), '--motivo', 'engano'], { url: ana })
  t.equal((await undo(forwarded.json()[0].operacao_id)).code, 0)
  const taken = await undo(/conferente desfazer (\d+)/.exec(postponed.stderr)?.[1])
  t.equal(taken.code, 0, taken.stderr)
  t.match(taken.stdout, /adiamento desfeito/)
})

await t.test(
  'when wrong corrections cost a rule auto, the command says so and how to give it back',
  async (t) => {
    const wrongOnes = (
      await sql.unsafe(`select min(id)::text as id from audit.divergencias_processadas where status = 'aberta'
        and regra = 'pendente_verificacao' and ${proposes} and valor_em_risco < ${pair} and confianca >= 0.95
        group by regras.raiz_fornecedor(entrada ->> 'fornecedor_id') limit 4`)
    ).map((d) => String(d['id']))
    const ran = await conferente(['rejeitar', ...wrongOnes, '--motivo', 'não é'], { url: ana })
    t.match(
      ran.stderr,
      /a regra pendente_verificacao perdeu a correção automática: .*conferente regras --auto pendente_verificacao/,
    )
    t.match((await conferente(['regras'], { url: ana })).stdout, /--auto pendente_verificacao/)
    const given = ['regras', '--auto', 'pendente_verificacao', '--motivo', 'rótulo corrigido']
    const granted = [...given, '--correcoes', '500', '--valor', '100000']
    t.equal((await conferente(granted, { url: ana })).code, 1, 'a reviewer may not give it')
    t.equal((await conferente(['regras', '--auto', 'pendente_verificacao'], { url: adelia })).code, 2)
    t.equal(
      (await conferente([...given, '--valor', '5'], { url: adelia })).code,
      2,
      'a grant needs both bounds',
    )
    t.match(await conferente(granted, { url: adelia }), { code: 1, stderr: /está refutada/ })
    await sql`select audit.reabrir_divergencias(${wrongOnes}::bigint[], 'fim do teste')`
    t.equal((await conferente(granted, { url: adelia })).code, 0)
    t.equal(
      await um(
        `select concat(automatica, ' ', concessao_correcoes, ' ', concessao_valor) from audit.regras where nome = 'pendente_verificacao'`,
      ),
      't 500 100000',
    )
  },
)

await t.test(
  'people approve what they were shown, in the list or on the terminal before confirming',
  {
    skip: !existsSync('/usr/bin/script') && 'no script here to be a terminal',
  },
  async (t) => {
    const [d] = await openOnes(`regra = 'pendente_verificacao' and ${proposes} and valor_em_risco < ${pair}`)
    const id = d?.id ?? ''
    const [row] =
      await sql`select audit.divergencia_visto(d) as visto from audit.divergencias_processadas d where id = ${id}`
    const listed = await conferente(['listar', '--regra', 'pendente_verificacao', '--limite', '10000'], {
      url: ana,
    })
    t.match(listed.stdout, new RegExp(`^ *${id} .* ${row?.['visto']} `, 'm'))
    const asked = (answer: string, args: string[]) =>
      conferente(args, {
        url: ana,
        // answers once it is asked, and keeps its standard input open until the end
        shell: () => `d=$(mktemp -d) && mkfifo $d/in && exec 3<>$d/in
          (for i in $(seq 300); do grep -q 'acima?' $d/out && break; sleep 0.1; done 2>/dev/null; printf '${answer}' >&3) &
          script -qefc "stty cols 200; $0 $*" $d/out <&3; code=$?; kill $! 2>/dev/null; rm -r $d; exit $code`,
      })
    const no = await asked('n', ['aprovar', id, '--motivo', 'conferido'])
    t.match(no.stdout, /Aprovar e corrigir o que está acima\?/)
    t.equal(await um(`select status from audit.divergencias_processadas where id = ${id}`), 'aberta')
    const yes = await asked('y', ['aprovar', id, '--motivo', 'conferido'])
    t.match(yes.stdout, new RegExp(`${id}: .*Aprovar e corrigir.*corrigida`, 's'))
    t.equal(await um(`select status from audit.divergencias_processadas where id = ${id}`), 'corrigida')
  },
)

await t.test('a typed value needs another person', async (t) => {
  const [d] = await openOnes(`regra = 'trade_marketing'`)
  const id = d?.id ?? ''
  const args = ['corrigir', id, '--valor', 'categoria=Seguros', '--motivo', 'apólice']
  const typed = await conferente(args, { url: ana })
  t.equal(typed.code, 0, typed.stderr)
  t.match(typed.stderr, /aprovação de outra pessoa/)
  const same = await conferente(['aprovar', id, '--motivo', 'ok'], { url: ana })
  t.equal(same.code, 1)
  t.match(same.stderr, /NC007/)
  const blind = await conferente(['aprovar', id, '--motivo', 'ok'], { url: bruno })
  t.equal(blind.code, 1)
  t.match(blind.stderr, /NC021/, 'what a person typed is not approved unseen')
  const [, seen = ''] = /--visto (\w+)/.exec(typed.stderr) ?? []
  const approved = await conferente(['aprovar', id, '--visto', seen, '--motivo', 'ok', '--json'], {
    url: bruno,
  })
  t.match(approved.json(), [{ status: 'corrigida' }])
  t.equal(await um(`select categoria from dw.lancamentos where id = ${d?.registro_id}`), 'Seguros')
})

await t.test('an automatic session corrects, and its rollback shows a conflict three ways', async (t) => {
  const ran = await conferente(['processar', '--modo', 'auto', ...year, '--json'], { url: olivia })
  const session = ran.json()
  t.equal(ran.code, session.status === 'concluida' ? 0 : 1)
  t.ok(Number(session.corrigidas) > 0, ran.stdout)
  t.equal(session.execucoes.length, 3)
  const record = await um(`select d.registro_id from audit.divergencias_processadas d
    join audit.alteracoes a on a.divergencia_id = d.id join audit.operacoes o on o.id = a.operacao_id
    where o.sessao_id = ${session.id} and d.status = 'corrigida' and d.regra = 'pendente_verificacao' order by d.id limit 1`)
  await sql.unsafe(`update dw.lancamentos set categoria = 'Seguros' where id = ${record}`)
  const back = await conferente(['reverter', '--sessao', String(session.id), '--motivo', 'teste'], {
    url: ana,
  })
  t.equal(back.code, 1, back.stderr)
  t.match(back.stdout, new RegExp(`CONFLITO .*: dw\\.lancamentos ${record} `))
  t.match(back.stdout, /antes: +categoria: .+\n {2}depois: +categoria: .+\n {2}agora: +categoria: Seguros/)
  t.match(back.stdout, /; não revertidas: 1/)
})

await t.test('settings are shown and changed', async (t) => {
  const adelia = personal(url, 'adelia')
  const set = await conferente(['configurar', 'limites.linhas', '20000', '--motivo', 'teste'], {
    url: adelia,
  })
  t.equal(set.code, 0, set.stderr)
  t.match(set.stdout, /limites\.linhas = 50000 → 20000 linhas/)
  const shown = await conferente(['configurar', 'limites.linhas', '--json'], { url: ana })
  t.match(shown.json(), { chave: 'limites.linhas', valor: 20000, alterada_por: 'adelia' })
  const text = await conferente(['configurar', 'sessao.espera_trava', '00:00:05', '--motivo', 'x'], {
    url: adelia,
  })
  t.equal(text.code, 0, text.stderr)
  t.equal(text.stderr, '')
})

await t.test('a label that no entry has is set, with a warning that names similar ones', async (t) => {
  const adelia = personal(url, 'adelia')
  const set = (label: string, language = 'pt-BR') =>
    conferente(['configurar', 'trade_marketing.categoria', label, '--conferido', '--motivo', 'teste'], {
      url: adelia,
      language,
    })
  const wrong = await set('Trade Marketin')
  t.equal(wrong.code, 0, wrong.stderr)
  t.match(
    wrong.stderr,
    /^aviso: nenhum lançamento tem a categoria: Trade Marketin \(.*Trade Marketing \(\d+\)/,
  )
  t.match(wrong.stdout, /"Trade Marketin"/)
  const said = await conferente(['diagnostico', '--json'], { url: adelia })
  t.match(
    said.json().find((l: { item: string }) => l.item === 'trade_marketing.categoria'),
    { situacao: 'aviso', sugestao: /Trade Marketing \(\d+\)/ },
  )
  t.match((await set('Trade Marketin', 'en')).stderr, /^No entry has this category\.\nwarning: /)
  const right = await set('Trade Marketing')
  t.equal(right.code, 0)
  t.equal(right.stderr, '')
})

await t.test('the diagnosis tries a write for those who may, and tells others that it did not', async (t) => {
  const tried = async (name: string) =>
    (await conferente(['diagnostico'], { url: personal(url, name) })).stdout.match(/.*experimentar.*/g)
  t.match((await tried('olivia'))?.[0], /^✔ experimentar dw\.lancamentos\.categoria: gravada como pedido/)
  t.match(await tried('ana'), [/^! experimentar dw\.lancamentos: não experimentada: .*conferente_operador/])
})

await t.test('a rule that fails is reported, and the session ends with 1', async (t) => {
  await sql.unsafe(`create or replace function regras.quebrada(j audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin raise exception 'quebrou'; end $$; grant execute on function regras.quebrada(audit.janela) to conferente_regra`)
  await sql`insert into audit.regras (nome, descricao, funcao, tabela, coluna_chave, coluna_data, colunas, confianca_base, limiar)
    values ('quebrada', 'falha', 'regras.quebrada', 'dw.lancamentos', 'id', 'data_lancamento', '{categoria}', 0.5, 0.9)`
  const ran = await conferente(['processar', '--modo', 'manual', ...year], { url: olivia })
  t.equal(ran.code, 1)
  t.match(ran.stdout, /quebrada +falhou/)
  t.match(ran.stdout, /concluida_com_falhas/)
  t.match(ran.stderr, /✖ .*quebrada.*quebrou/)
})

await t.test('Ctrl-C closes the session as falhou', async (t) => {
  await sql.unsafe(`create or replace function regras.quebrada(j audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin perform pg_sleep(60); end $$`)
  let sent = false
  const ran = await conferente(['processar', '--modo', 'manual', ...year, '--regra', 'quebrada'], {
    url: olivia,
    onStderr: (text, kill) => {
      if (sent || !text.includes('quebrada (1/1)')) return
      sent = true
      kill('SIGINT')
    },
  })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /sessão \d+ interrompida e registrada como falhou/)
  t.match((await sql`select status, mensagem from audit.sessoes_processamento order by id desc limit 1`)[0], {
    status: 'falhou',
    mensagem: /interrompida/,
  })
})

await t.test('a late cancel request that arrives while the session closes does no harm', async (t) => {
  let done: Promise<unknown> | undefined
  const ran = await conferente(['processar', '--modo', 'manual', ...year, '--regra', 'quebrada'], {
    url: olivia,
    onStderr: (text, kill) => {
      if (done || !text.includes('quebrada (1/1)')) return
      done = sql.begin(async (tx) => {
        await tx`lock table audit.sessoes_processamento in share mode`
        kill('SIGINT')
        await until(async () => {
          const hit = await sql`select pg_cancel_backend(pid) from pg_stat_activity
            where datname = current_database() and usename = 'olivia' and wait_event_type = 'Lock'`
          return hit.length > 0
        })
      })
    },
  })
  await done
  t.match(ran.stderr, /sessão \d+ interrompida e registrada como falhou/)
  t.match((await sql`select status, mensagem from audit.sessoes_processamento order by id desc limit 1`)[0], {
    status: 'falhou',
    mensagem: /interrompida/,
  })
})

await t.test('a lost connection is reported, and the next session cleans up', async (t) => {
  let sent = false
  const ran = await conferente(['processar', '--modo', 'manual', ...year, '--regra', 'quebrada'], {
    url: olivia,
    onStderr: (text) => {
      if (sent || !text.includes('quebrada (1/1)')) return
      sent = true
      void sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'olivia'`.execute()
    },
  })
  t.equal(ran.code, 1)
  t.match(ran.stderr, /a conexão com o banco caiu no meio do trabalho/)
  const [left] = await sql`select id, status from audit.sessoes_processamento order by id desc limit 1`
  t.equal(left?.['status'], 'em_andamento')
  const next = await conferente(['processar', '--modo', 'manual', ...year, '--regra', 'trade_marketing'], {
    url: olivia,
  })
  t.equal(next.code, 0, next.stderr)
  t.match(next.stderr, `agora registrada como falhou: ${left?.['id']}`)
})

await t.test('a step that loses a race is tried again', async (t) => {
  // loses until the row is there, which its own snapshot cannot see yet
  await sql.unsafe(`create table regras.corrida (ganha boolean); grant select on regras.corrida to conferente_regra;
    create or replace function regras.quebrada(j audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$ begin
      if not exists (select from regras.corrida) then perform pg_sleep(1); raise exception using errcode = '40001'; end if;
    end $$`)
  const args = ['processar', '--modo', 'manual', ...year, '--regra', 'quebrada']
  const running = conferente(args, { url: olivia })
  for (let asleep = 0; asleep === 0; )
    asleep = await um(
      `select count(*)::int from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    )
  await sql`insert into regras.corrida values (true)`
  const ran = await running
  t.equal(ran.code, 0, ran.stderr + ran.stdout)
})
