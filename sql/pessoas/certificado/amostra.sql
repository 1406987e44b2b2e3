-- The sample of a month's automatic corrections that people are to check, in the order in which it was drawn, with their answers. It is not
-- stored: it follows from sealed facts, so no role can change it. Rolling a correction back as wrong answers it.
create or replace function audit.amostra(mes date default null)
returns table (
  ordem bigint, divergencia_id bigint, regra text, tabela text, registro_id text, valores_originais jsonb, valores_propostos jsonb,
  justificativa text, valor numeric, sessao_id bigint, operacao_id bigint, resposta text, respondida_por text, respondida_em timestamptz
)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.ordem, d.id, d.regra, d.tabela, d.registro_id, d.valores_originais, d.valores_propostos, d.justificativa, s.valor, s.sessao_id, s.operacao_id,
    case r.tipo when 'certificacao_certa' then 'certa' when 'certificacao_errada' then 'errada' when 'reversao_por_erro' then 'errada' end,
    r.ator, r.decidida_em
  from (
    select row_number() over (order by c.relogio, c.divergencia_id) as ordem, c.*
    from audit.corrigidas_no_mes(amostra.mes) c
    order by c.relogio, c.divergencia_id
    limit (select ceil(ln(0.05) / ln(1 - audit_interno.meta_certificado(date_trunc('month', coalesce(amostra.mes, audit.hoje()))::date)))::bigint)
  ) as s
  join audit.divergencias_processadas d on d.id = s.divergencia_id
  left join lateral (
    select x.tipo, x.ator, x.decidida_em
    from audit.decisoes x
    where x.divergencia_id = s.divergencia_id and x.operacao_id > s.operacao_id
      and x.tipo in ('certificacao_certa', 'certificacao_errada', 'reversao_por_erro')
    order by x.id desc limit 1
  ) as r on true
  order by s.ordem
$$;
comment on function audit.amostra(date) is
  'The sample of a month''s automatic corrections (any day of it; this month by default) for people to check, in the order in which it was drawn: as many as certificado.erro_maximo takes if all are right. resposta: certa, errada or null; also errada if the correction was rolled back as wrong.';
grant execute on function audit.amostra(date) to conferente_leitor;
