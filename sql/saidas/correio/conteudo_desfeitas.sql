-- What a session saw undone from outside: by rule and load, and what became of it. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_desfeitas(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'total', s.desfeitas, 'refeitas', s.refeitas, 'paradas', audit_interno.desfeitas_paradas(s.id),
    'vezes', audit_interno.configuracao('sessao.desfeitas_maximo') #> '{}',
    'ausentes', c.ausentes, 'cargas', c.cargas, 'outras', greatest(c.quantas - 10, 0), 'link', audit_interno.pagina('?sessao=' || s.id))
  from audit.sessoes_processamento s
  cross join lateral (
    select coalesce(sum(d.ausentes), 0) as ausentes, count(*) as quantas, coalesce(jsonb_agg(
      jsonb_build_object('regra', d.regra, 'carga', d.carga, 'quantas', d.quantas) order by d.ordem) filter (where d.ordem <= 10), '[]') as cargas
    from (
      select x.*, row_number() over (order by x.quantas desc, x.regra, x.carga) as ordem
      from audit_interno.desfeitas_por_carga(s.id) x
    ) as d
  ) as c
  where s.id = conteudo_desfeitas.sessao_id and s.desfeitas > 0
$$;
comment on function audit_interno.conteudo_desfeitas(bigint) is
  'JSON object: total, refeitas (made again by this session), paradas (undone too often: they wait for a person), vezes (how often is too often), ausentes (the row is gone), cargas (regra, carga: the hour of the load or null, quantas; the ten largest), outras (further loads), link; null when nothing was undone.';
