-- One page of sessions, latest first, each with what its rules did.
create or replace function audit.consultar_sessoes(
  id bigint default null, modo text default null, status text[] default null, de date default null, ate date default null,
  pagina integer default 1, por_pagina integer default 50
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_fuso text := audit.fuso();
  v_desde timestamptz := consultar_sessoes.de::timestamp at time zone v_fuso;
  v_antes timestamptz := (consultar_sessoes.ate::timestamp + interval '1 day') at time zone v_fuso;
  v_pagina jsonb;
begin
  if consultar_sessoes.pagina is null or consultar_sessoes.pagina < 1
    or consultar_sessoes.por_pagina is null or consultar_sessoes.por_pagina not between 1 and 500 then
    raise exception using errcode = 'NC001', message = 'pagina começa em 1 e por_pagina vai de 1 a 500';
  end if;
  with filtradas as not materialized (
    select s.id from audit.sessoes_processamento s
    where (consultar_sessoes.id is null or s.id = consultar_sessoes.id)
      and (consultar_sessoes.modo is null or s.modo = consultar_sessoes.modo)
      and (consultar_sessoes.status is null or s.status = any (consultar_sessoes.status))
      and (v_desde is null or s.solicitada_em >= v_desde) and (v_antes is null or s.solicitada_em < v_antes)
  )
  select jsonb_build_object('total', (select count(*) from filtradas), 'pagina', consultar_sessoes.pagina,
    'por_pagina', consultar_sessoes.por_pagina, 'itens', coalesce(jsonb_agg(
      to_jsonb(s) || jsonb_build_object('correio', audit.sessao_correio(s), 'execucoes', (
        select coalesce(jsonb_agg(
          to_jsonb(e) - '{sessao_id,duracao}'::text[] || jsonb_build_object('segundos', extract(epoch from e.duracao)) order by e.regra), '[]')
        from audit.execucoes_regra e where e.sessao_id = s.id))
      order by s.id desc), '[]'))
  into v_pagina
  from (
    select f.id from filtradas f order by f.id desc
    limit consultar_sessoes.por_pagina offset (consultar_sessoes.pagina - 1)::bigint * consultar_sessoes.por_pagina
  ) as p
  join audit.sessoes_processamento s on s.id = p.id;
  return v_pagina;
end
$$;
comment on function audit.consultar_sessoes(bigint, text, text[], date, date, integer, integer) is
  'A page of sessions as JSON, latest first: total, pagina, por_pagina (1 to 500) and itens, each a row of audit.sessoes_processamento with correio (its messages that did not go out as they should) and execucoes (what each rule did in it; segundos: its time). A filter that is null does not apply; de and ate are days of solicitada_em in the zone agenda.fuso, both included. Error: NC001 page not allowed.';
grant execute on function audit.consultar_sessoes(bigint, text, text[], date, date, integer, integer) to conferente_leitor;
