// A load undoes corrections of a rule that does not run: switched off, skipped, failed. It is noticed all the same.
import t from 'tap'
import { counts, message, reload, source, undone } from '../helper/nightly_load.ts'
import { one, scenario } from '../helper/scenario.ts'

t.test('corrections of a rule that is switched off, or cannot run, are still compared', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(`
    create schema minhas; grant usage on schema minhas to conferente_regra;
    create function minhas.limpa(janela audit.janela) returns setof audit.achado language sql stable
      set search_path = pg_catalog, pg_temp begin atomic select null::audit.achado where false; end;
    select audit.registrar_regra('limpa', 'Acha nada.', 'minhas.limpa', 'dw.lancamentos', 'id', array['categoria'],
      'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95)`)
  await c.sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'teste')`
  await c.book({ id: 1 }, { id: 2, valor: 50 }, { id: 3, categoria: 'BOA' })
  await source(c)
  await c.runSession('auto')
  const other = async () =>
    one(await c.asPerson('olivia')`select * from audit.processar_divergencias('auto', regras => '{limpa}')`)
  const alter = (changes: object) =>
    c.asPerson('adelia')`select audit.alterar_regra('errada', ${c.sql.json(changes as never)}, 'teste')`
  await alter({ ativa: false })
  t.match(await other(), { status: 'concluida', desfeitas: 0n, mensagem: null }, 'nothing was undone')

  await reload(c)
  const sight = await other()
  t.match(sight, {
    status: 'concluida_com_falhas',
    desfeitas: 2n,
    corrigidas: 0n,
    mensagem: /correções desfeitas fora do sistema: 2 errada \(2 pela carga de/,
  })
  t.match(await counts(c, sight['id']), { conferidas: 2, desfeitas: 2, conferencia: null })
  t.match(await c.finding(1), { status: 'aberta', motivo: /desfeita fora do sistema pela carga/ })
  t.match(await undone(c), [{ situacao: 'valor_anterior' }, { situacao: 'valor_anterior' }])
  const { text } = await message(c, 'resumo')
  t.match(text, /2 correções desfeitas fora do sistema/i)
  t.match(text, /desativada/)
  t.match(await other(), { status: 'concluida', desfeitas: 0n }, 'reported once for each load')
  await c.approve('ana', (await c.finding(1)).id, (await c.finding(2)).id)
  t.equal(await c.status(1), 'corrigida', 'a person corrects it again')

  await alter({ ativa: true })
  await c.sql`alter function dw.errada(audit.janela) rename to guardada`
  await reload(c)
  const skipped = one(await c.asPerson('olivia')`select * from audit.processar_divergencias('auto')`)
  t.match(skipped, {
    status: 'concluida_com_falhas',
    desfeitas: 2n,
    mensagem: /a regra errada foi pulada: .*desfeitas fora/,
  })

  await c.sql`alter function dw.guardada(audit.janela) rename to errada`
  await c.approve('ana', (await c.finding(1)).id, (await c.finding(2)).id)
  await c.sql`update dw.ajuste set quebrada = true`
  await reload(c)
  t.match(one(await c.asPerson('olivia')`select * from audit.processar_divergencias('auto')`), {
    status: 'concluida_com_falhas',
    desfeitas: 2n,
    mensagem: /a regra errada falhou: .*desfeitas fora/,
  })

  await c.sql`update dw.ajuste set quebrada = false`
  await c.approve('ana', (await c.finding(1)).id, (await c.finding(2)).id)
  await alter({ ativa: false })
  await c.sql`alter table dw.lancamentos rename column categoria to classe`
  await c.sql.unsafe(`create schema if not exists outro; create table outro.linhas (id bigint primary key, nome text);
    insert into outro.linhas values (1, 'x');
    grant usage on schema outro to conferente_regra; grant select on outro.linhas to conferente_regra;
    create function outro.nada(janela audit.janela) returns setof audit.achado language sql stable
      set search_path = pg_catalog, pg_temp begin atomic select null::audit.achado where false; end;
    select audit.registrar_regra('nada', 'Acha nada.', 'outro.nada', 'outro.linhas', 'id', array['nome'], null, null, null, 0.9, 0.95)`)
  t.match(
    one(await c.asPerson('olivia')`select * from audit.processar_divergencias('auto', regras => '{nada}')`),
    {
      desfeitas: 0n,
      mensagem:
        /a regra errada: as correções anteriores não foram conferidas: a tabela dw\.lancamentos não tem mais a\(s\) coluna\(s\) categoria/,
    },
    'and it says what it could not look at',
  )
  t.equal(await c.status(1), 'corrigida')
  t.match(await c.sql`select * from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})
