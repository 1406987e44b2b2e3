-- One page of the history of operations, latest first.
create or replace function audit.consultar_operacoes(
  tipos text[] default null, status text default null, regra text default null, ator text default null, sessao_id bigint default null,
  de date default null, ate date default null, pagina integer default 1, por_pagina integer default 50
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
-- plan every call for the filters that were given
set plan_cache_mode = force_custom_plan
as $$
declare
  v_fuso text := audit.fuso();
  v_desde timestamptz := consultar_operacoes.de::timestamp at time zone v_fuso;
  v_antes timestamptz := (consultar_operacoes.ate::timestamp + interval '1 day') at time zone v_fuso;
  v_pagina jsonb;
begin
  if consultar_operacoes.pagina is null or consultar_operacoes.pagina < 1
    or consultar_operacoes.por_pagina is null or consultar_operacoes.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  with filtradas as not materialized (
    select o.id from audit.operacoes o
    where (tipos is null or o.tipo = any (tipos))
      and (consultar_operacoes.status is null or o.status = consultar_operacoes.status)
      and (consultar_operacoes.regra is null or o.regra = consultar_operacoes.regra)
      and (consultar_operacoes.ator is null or o.ator = consultar_operacoes.ator)
      and (consultar_operacoes.sessao_id is null or o.sessao_id = consultar_operacoes.sessao_id)
      and (v_desde is null or o.iniciada_em >= v_desde) and (v_antes is null or o.iniciada_em < v_antes)
  )
  select jsonb_build_object('total', (select count(*) from filtradas), 'pagina', consultar_operacoes.pagina,
    'por_pagina', consultar_operacoes.por_pagina, 'itens', coalesce(jsonb_agg(
      to_jsonb(v) - 'duracao' || jsonb_build_object('segundos', extract(epoch from v.duracao), 'detalhes', o.detalhes)
      order by v.id desc), '[]'))
  into v_pagina
  from (
    select f.id from filtradas f order by f.id desc
    limit consultar_operacoes.por_pagina offset (consultar_operacoes.pagina - 1)::bigint * consultar_operacoes.por_pagina
  ) as p
  join audit.operacoes o on o.id = p.id
  join audit.vw_operacoes_resumo v on v.id = p.id;
  return v_pagina;
end
$$;
comment on function audit.consultar_operacoes(text[], text, text, text, bigint, date, date, integer, integer) is
  'A page of operations as JSON, latest first: total, pagina, por_pagina (1 to 500) and itens, each a row of audit.vw_operacoes_resumo with its duration in seconds (segundos) and detalhes. A filter that is null does not apply; de and ate are days of iniciada_em in the zone agenda.fuso, both included. Error: NC001 page not allowed.';
grant execute on function audit.consultar_operacoes(text[], text, text, text, bigint, date, date, integer, integer) to conferente_leitor;
