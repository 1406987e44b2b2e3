// Messages of every kind as a company would get them, from sessions over the demonstration warehouse and a month of history.
import type { Sql } from '../../src/db/connection.ts'
import { type Facts, factsSchema } from '../../src/mail/facts.ts'

const HISTORY = `
  with dia as (
    select n, ((now() at time zone 'America/Sao_Paulo')::date - n + time '07:04') at time zone 'America/Sao_Paulo' as fim from generate_series(1, 29) as n where n not in (8, 9)
  ), sessao as (
    insert into audit.sessoes_processamento (modo, status, incremental, regras, solicitada_por, solicitada_em, inicio_processamento, fim_processamento, linhas_examinadas)
    select 'auto', 'concluida', true, array['trade_marketing', 'pendente_verificacao', 'validacao_valores'], 'trabalhador', d.fim - interval '4 minutes',
      d.fim - interval '3 minutes', d.fim, 1400 + (d.n * 37) % 300
    from dia d order by d.fim
    returning id, fim_processamento
  )
  insert into audit.execucoes_regra (sessao_id, regra, status, novas, inicio, fim, linhas_examinadas)
  select s.id, r.nome, 'concluida', (r.base + r.ampla * (1 + sin(extract(day from s.fim_processamento)::float8 * r.passo)))::bigint,
    s.fim_processamento - interval '1 minute', s.fim_processamento, 1400
  from sessao s cross join (values ('trade_marketing', 9, 7, 0.9), ('pendente_verificacao', 40, 50, 0.5), ('validacao_valores', 0, 5, 1.7))
    as r (nome, base, ampla, passo)`

/** Makes the scene in a fresh database and returns the facts of its messages by name. */
export async function mailScene(sql: Sql): Promise<Record<string, Facts>> {
  await sql`select exemplo.criar_armazem(20000, 42)`
  await sql`select count(*) from exemplo.padroes() p
    cross join lateral audit.salvar_padrao(p.campo, p.tipo, p.padrao, p.acao, 'cena') s`
  await sql`select audit.alterar_configuracao(chave, valor, 'cena', true) from exemplo.rotulos()`
  await sql`select audit.alterar_configuracao('correio.destinatarios', '["gestora@empresa.com.br"]', 'cena')`
  await sql`select audit.alterar_configuracao('correio.pagina', '"https://conferente.empresa.com.br"', 'cena')`
  await sql`select audit.alterar_configuracao('correio.itens', '3', 'cena')` // enough to see, and small pictures
  await sql.unsafe(HISTORY)
  const run = async (call: string) => {
    const [row] = await sql.unsafe(`select id from audit.processar_divergencias(${call})`)
    return row?.['id'] as bigint
  }
  const facts = async (kind: string, session: bigint | null): Promise<Facts> => {
    const [row] = await sql`
      select audit_interno.conteudo_mensagem(n.id) as conteudo from audit.notificacoes n
      where n.tipo = ${kind} and n.sessao_id is not distinct from ${session} order by n.id desc limit 1`
    return factsSchema.parse(row?.['conteudo'])
  }
  await run(`'manual', '2026-08-01', '2026-08-31', '{validacao_valores}'`)
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit.divergencias_processadas set detectada_em = detectada_em - interval '12 days'`
  })
  const done = await run(`'auto', '2026-10-01', '2026-10-31'`)
  const summary = await facts('resumo', done)
  const findingsIn = await facts('divergencias', done)
  const [quiet] = await sql`
    select data_lancamento as dia from dw.lancamentos l
    where data_lancamento > '2026-10-01' group by 1
    having not exists (
      select from dw.lancamentos x join audit.divergencias_processadas d on d.registro_id = x.id::text
      where x.data_lancamento = l.data_lancamento and d.regra = 'validacao_valores')
    order by count(*) desc limit 1`
  const nothing = await run(`'auto', '${quiet?.['dia']}', '${quiet?.['dia']}', '{validacao_valores}'`)
  const zero = await facts('resumo', nothing)

  await sql`select audit.alterar_configuracao('limites.linhas', '5', 'cena')`
  await sql.unsafe(`create or replace function regras.quebrada(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$ begin
      if janela.chaves is null and janela.data_inicio is not null then raise exception 'a relação "dw.cotacoes" não existe'; end if;
    end $$;
    grant execute on function regras.quebrada(audit.janela) to conferente_regra;
    select audit.registrar_regra('cotacoes', 'Câmbio longe da cotação do dia.', 'regras.quebrada', 'dw.lancamentos', 'id', array['valor'],
      'data_lancamento', 'carregado_em', 'valor')`)
  const gaps = await run(`'auto', '2026-09-01', '2026-09-30'`)
  const gapList = await facts('resumo', gaps)
  const failed = await run(`'manual', '2026-09-01', '2026-09-30', '{cotacoes}'`)

  await sql`update audit.configuracoes_sistema set alterada_em = '2026-01-01' where chave like 'agenda.%'`
  await sql`update audit.regras set ativa = true`
  await sql`select from audit_interno.conferir_ausencia(
    ((now() at time zone 'America/Sao_Paulo')::date + time '08:00') at time zone 'America/Sao_Paulo')`
  return {
    resumo: summary,
    'resumo-lacunas': gapList,
    'resumo-nada': zero,
    divergencias: findingsIn,
    limite: await facts('limite', gaps),
    falha: await facts('falha', failed),
    ausencia: await facts('ausencia', null),
  }
}
