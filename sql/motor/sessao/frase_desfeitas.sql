-- The corrections that a session saw undone, in one sentence: how many, of which rule, by which load, what became of them, and
-- what to do. Called by finalizar_sessao.
create or replace function audit_interno.frase_desfeitas(sessao_id bigint)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with carga as (
    select d.*, sum(d.quantas) over (partition by d.regra) as da_regra,
      row_number() over (partition by d.regra order by d.quantas desc, d.carga) as ordem
    from audit_interno.desfeitas_por_carga(frase_desfeitas.sessao_id) d
  ), dita as (
    select c.regra, c.da_regra, sum(c.ausentes) as ausentes,
      concat_ws(', ', string_agg(
          case when c.carga is null then format('%s sem carga identificada (a hora da carga não é posterior à correção)', c.quantas)
            else format('%s pela carga de %s', c.quantas, to_char(c.carga at time zone (audit.fuso()), 'DD/MM/YYYY HH24"h"')) end,
          ', ' order by c.ordem) filter (where c.ordem <= 5),
        case when count(*) > 5 then format('%s por outras %s cargas', sum(c.quantas) filter (where c.ordem > 5), count(*) - 5) end) as cargas
    from carga c
    group by c.regra, c.da_regra
  )
  select format('correções desfeitas fora do sistema: %s%s; corrija na origem ou rode depois da carga (a lista: conferente listar --desfeitas)',
    string_agg(format('%s %s (%s%s)', d.da_regra, d.regra, d.cargas,
      case when d.ausentes > 0 then format('; %s com o registro apagado', d.ausentes) end), '; ' order by d.regra),
    (select concat(case when sum(e.refeitas) > 0 then format('; refeitas agora: %s', sum(e.refeitas)) end,
        case when max(p.paradas) > 0 then format('; já desfeitas %s vezes ou mais, auto não as refaz: %s',
          audit_interno.configuracao('sessao.desfeitas_maximo') #>> '{}', max(p.paradas)) end)
     from audit.execucoes_regra e cross join (select audit_interno.desfeitas_paradas(frase_desfeitas.sessao_id) as paradas) as p
     where e.sessao_id = frase_desfeitas.sessao_id))
  from dita d
  having count(*) > 0
$$;
comment on function audit_interno.frase_desfeitas(bigint) is 'Portuguese sentence; null when the session saw nothing undone.';
