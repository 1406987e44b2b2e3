-- The notes as a rule sees them: their companies, and an entry that belongs to each (regra_notas_fiscais.vinculos). The view is read-only,
-- so nobody corrects a note. A finding keeps lancamento and cancelada_em: it closes as resolvida when one of them is filled.
create or replace view regra_notas_fiscais.notas as
select n.chave, case n.tipo when 'nfe' then 'NF-e ' else 'NFS-e ' end || n.numero as documento, n.emitente as fornecedor_id,
  coalesce(n.emitente_nome, n.emitente) as fornecedor, n.data_emissao, n.valor_total as valor, n.cancelada_em,
  (select min(v.registro_id) from regra_notas_fiscais.vinculos v where v.chave = n.chave) as lancamento
from audit.notas n;
comment on view regra_notas_fiscais.notas is 'Electronic notes, each with an entry that belongs to it.';
comment on column regra_notas_fiscais.notas.chave is 'Access key.';
comment on column regra_notas_fiscais.notas.documento is 'Kind and number.';
comment on column regra_notas_fiscais.notas.fornecedor_id is 'CNPJ or CPF of the issuer.';
comment on column regra_notas_fiscais.notas.fornecedor is 'Name of the issuer.';
comment on column regra_notas_fiscais.notas.data_emissao is 'Day of issue.';
comment on column regra_notas_fiscais.notas.valor is 'Total in BRL.';
comment on column regra_notas_fiscais.notas.cancelada_em is 'When it was cancelled, or null.';
comment on column regra_notas_fiscais.notas.lancamento is 'Key of an entry that belongs to it, or null.';
grant select on regra_notas_fiscais.notas to conferente_regra;

-- Notes sent to the company that no entry belongs to, notas.dias_sem_lancamento days after their issue. Which companies are the ledger's
-- own follows from the booked notes: those with booked notes of three issuers or more. Left out are notes for others, notes within one
-- company, those for which nothing is paid, returns, adjustments and credit notes, cancelled notes, and notes older than the ledger. The
-- confidence is the share of the issuer's other notes that are booked, drawn towards the company's share where they are few. A window
-- without days (an incremental session) takes what was issued or read in the last month; open findings are checked again by their keys.
-- Flags only. Reads audit.notas, dw.lancamentos and the settings; changes nothing. Called by the engine for a window, and for keys.
create or replace function regra_notas_fiscais.notas_sem_lancamento(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_ate date := audit.hoje() - (audit_interno.configuracao('notas.dias_sem_lancamento') #>> '{}')::int - 1;
  v_desde date := (select min(l.data_lancamento) from dw.lancamentos l);
  v_notas_ate timestamptz := (select c.notas_ate from regra_notas_fiscais.controle c);
  v_tudo boolean := janela.data_inicio is not null or janela.data_fim is not null or janela.chaves is not null;
begin
  return query
  with nota as materialized (
    select n.chave, n.emitente_raiz, n.data_emissao, d.raiz as comprador,
      v_tudo or n.data_emissao > v_ate - 31 or n.lida_em > now() - interval '31 days' as recente,
      exists (select 1 from regra_notas_fiscais.vinculos v where v.chave = n.chave) as lancada
    from audit.notas n
    cross join lateral (select lower(case length(n.destinatario) when 14 then left(n.destinatario, 8) else n.destinatario end) as raiz) d
    where n.autorizada and n.producao and n.cancelada_em is null and n.finalidade in ('1', '2', '6') and not n.sem_pagamento
      and n.valor_total > 0 and n.emitente_raiz <> d.raiz and n.lida_em <= v_notas_ate and n.data_emissao between v_desde and v_ate
  ), empresa as (
    select n.comprador, count(*) as notas, count(*) filter (where n.lancada) as lancadas
    from nota n
    group by n.comprador
    having count(distinct n.emitente_raiz) filter (where n.lancada) >= 3
  ), emissor as (
    select n.comprador, n.emitente_raiz, count(*) as notas, count(*) filter (where n.lancada) as lancadas
    from nota n
    group by n.comprador, n.emitente_raiz
  )
  select null::text, n.chave, '{}'::jsonb,
    -- without this note; the company's share counts as four more notes
    trunc(greatest(0.05, least(0.80, (i.lancadas + 4.0 * e.lancadas / greatest(e.notas - 1, 1)) / (i.notas + 3))), 4),
    jsonb_build_object('tipo', 'nota_sem_lancamento', 'emissao', n.data_emissao, 'total_da_nota', o.valor_total, 'notas_do_emitente', i.notas,
      'com_lancamento', i.lancadas, 'ajuste', o.valor_total),
    format('A %s %s de %s, emitida em %s, é de %s, e nenhum lançamento corresponde a ela%s.', case o.tipo when 'nfe' then 'NF-e' else 'NFS-e' end, o.numero,
      coalesce(o.emitente_nome, o.emitente), to_char(n.data_emissao, 'DD/MM/YYYY'), regra_validacao_valores.reais(o.valor_total),
      case when i.notas > 1 then format('; das outras %s notas deste emitente %s estão lançadas', i.notas - 1, i.lancadas) else '' end),
    o.valor_total
  from nota n
  join empresa e on e.comprador = n.comprador
  join emissor i on i.comprador = n.comprador and i.emitente_raiz = n.emitente_raiz
  join audit.notas o on o.chave = n.chave
  where not n.lancada and n.recente and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, n.data_emissao, null, n.chave);
end
$$;

comment on function regra_notas_fiscais.notas_sem_lancamento(audit.janela) is
  'Rule: notes sent to the company for which no entry was found. It only flags. Amount at stake: the note''s total.';
revoke execute on function regra_notas_fiscais.notas_sem_lancamento(audit.janela) from public;
