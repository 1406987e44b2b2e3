-- One page of findings, with the total that matches the filters. The text of the query is composed so that the planner sees only the
-- filters that were given, each as a constant; nothing from the caller ever becomes part of the text.
create or replace function audit.consultar_divergencias(
  status text[] default null, regras text[] default null, tabela text default null, registro_id text default null,
  sessao_id bigint default null, confianca_minima numeric default null, confianca_maxima numeric default null,
  valor_minimo numeric default null, valor_maximo numeric default null, detectada_de date default null, detectada_ate date default null,
  ordem text default '-id', pagina integer default 1, por_pagina integer default 50, id bigint default null
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_coluna text := ltrim(consultar_divergencias.ordem, '-');
  v_fuso text := audit.fuso();
  v_onde text;
  v_pagina jsonb;
begin
  if v_coluna is null or v_coluna not in ('id', 'detectada_em', 'ultima_deteccao', 'valor_em_risco', 'confianca', 'vezes_detectada') then
    raise exception using errcode = 'NC001', message = format('ordem desconhecida: %s', coalesce(consultar_divergencias.ordem, 'nula')),
      hint = 'São possíveis: id, detectada_em, ultima_deteccao, valor_em_risco, confianca, vezes_detectada; com - na frente, do maior ao menor.';
  end if;
  if consultar_divergencias.pagina is null or consultar_divergencias.pagina < 1
    or consultar_divergencias.por_pagina is null or consultar_divergencias.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  v_onde := concat_ws(' and ', 'true',
    case when consultar_divergencias.id is not null then 'd.id = $15' end,
    case when consultar_divergencias.status is not null then 'd.status = any ($1)' end,
    case when consultar_divergencias.regras is not null then 'd.regra = any ($2)' end,
    case when consultar_divergencias.tabela is not null then 'd.tabela = $3' end,
    case when consultar_divergencias.registro_id is not null then 'd.registro_id = $4' end,
    case when consultar_divergencias.sessao_id is not null then '(d.sessao_id = $5 or d.sessao_ultima_id = $5)' end,
    case when confianca_minima is not null then 'd.confianca >= $6' end,
    case when confianca_maxima is not null then 'd.confianca <= $7' end,
    case when valor_minimo is not null then 'd.valor_em_risco >= $8' end,
    case when valor_maximo is not null then 'd.valor_em_risco <= $9' end,
    case when detectada_de is not null then 'd.detectada_em >= $10::timestamp at time zone $12' end,
    -- that day included
    case when detectada_ate is not null then 'd.detectada_em < ($11::timestamp + interval ''1 day'') at time zone $12' end);
  execute format($q$
    select jsonb_build_object('total', (select count(*) from audit.divergencias_processadas d where %1$s), 'pagina', $13,
      'por_pagina', $14, 'itens', coalesce(jsonb_agg(to_jsonb(p) - '{identidade,impressao}'::text[] order by p.%2$I %3$s, p.id %3$s), '[]'))
    from (
      select d.*, audit.divergencia_idade_dias(d) as idade_dias,
        audit.divergencia_visto(d) as visto, audit.divergencia_resumo(d) as resumo
      from (
        select d.id from audit.divergencias_processadas d where %1$s order by d.%2$I %3$s, d.id %3$s
        limit $14 offset ($13 - 1)::bigint * $14
      ) as k
      join audit.divergencias_processadas d on d.id = k.id
    ) as p $q$, v_onde, v_coluna, case when left(consultar_divergencias.ordem, 1) = '-' then 'desc' else 'asc' end)
  using consultar_divergencias.status, consultar_divergencias.regras, consultar_divergencias.tabela, consultar_divergencias.registro_id,
    consultar_divergencias.sessao_id, confianca_minima, confianca_maxima, valor_minimo, valor_maximo, detectada_de, detectada_ate,
    v_fuso, consultar_divergencias.pagina, consultar_divergencias.por_pagina, consultar_divergencias.id
  into v_pagina;
  return v_pagina;
end
$$;
comment on function audit.consultar_divergencias(text[], text[], text, text, bigint, numeric, numeric, numeric, numeric, date, date, text, integer, integer, bigint) is
  'A page of findings as JSON: total (of those that pass the filters), pagina, por_pagina (1 to 500) and itens, each a row of audit.divergencias_processadas with idade_dias, visto and resumo. A filter that is null does not apply; dates are days in the zone agenda.fuso, both included; amounts in BRL; sessao_id is the first or the last session that found it. ordem: id, detectada_em, ultima_deteccao, valor_em_risco, confianca or vezes_detectada, with - in front for the largest first. Error: NC001 order or page not allowed.';
grant execute on function audit.consultar_divergencias(text[], text[], text, text, bigint, numeric, numeric, numeric, numeric, date, date, text, integer, integer, bigint)
  to conferente_leitor;
