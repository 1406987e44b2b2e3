-- The score of the rules against the truth kept aside. One row a rule, and '(total)'. danos is harm: entries that were right and were
-- changed, in '(total)' by anybody. A wrong value that replaces another (a pending entry given the wrong category) is no harm but lost
-- precision, counted in precisao_corrigidas. Reads audit.divergencias_processadas by name only. A proposal is right when every column it
-- proposes is the truth: what was planted becomes valor_certo, an account that changed with it conta_certa, and every other column stays as
-- it was. A finding that only flags counts as found, not as a proposal. A correction is judged by what the warehouse holds now, so a change
-- made by hand since counts too. desde_sessao: only findings of this session and later ones. concat() makes a query that is not a constant:
-- plpgsql_check would look for the tables of constant ones, which exist only once exemplo.criar_armazem has run.
create or replace function exemplo.placar(desde_sessao bigint default null)
returns table (regra text, plantados bigint, encontrados bigint, propostas_certas bigint, propostas_erradas bigint,
  corrigidas bigint, corrigidas_certas bigint, danos bigint, precisao numeric, precisao_corrigidas numeric, cobertura numeric)
language plpgsql
stable
set search_path = ''
set work_mem = '64MB'
as $$
begin
  if pg_catalog.to_regclass('exemplo.verdade') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há data warehouse de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;

  for placar.regra, placar.plantados, placar.encontrados, placar.propostas_certas, placar.propostas_erradas, placar.corrigidas,
    placar.corrigidas_certas, placar.danos, placar.precisao, placar.precisao_corrigidas, placar.cobertura
  in execute concat($q$
    with plantado as (
      select v.registro_id, v.coluna, v.valor_certo, split_part(v.tipo, ':', 1) as regra, v.conta_certa
      from exemplo.verdade v
      where v.tipo not like 'honesta:%'
    ), certa as (
      select p.registro_id, p.coluna, p.valor_certo from plantado p
      union all
      select p.registro_id, 'conta_contabil', p.conta_certa from plantado p where p.conta_certa is not null
    ), achado as (
      select d.id, d.regra::text as regra, d.registro_id::bigint as registro_id, d.valores_originais, d.valores_propostos,
        d.valores_propostos || coalesce(d.valores_digitados, '{}'::jsonb) as valores,
        d.status::text = 'corrigida' as corrigida
      from audit.divergencias_processadas d
      where d.registro_id ~ '^[0-9]{1,18}$'
        and d.tabela::text in ('dw.lancamentos', 'lancamentos')
        and ($1 is null or d.sessao_id >= $1)
    ), coluna as (
      select a.id, a.corrigida, c.coluna,
        case
          when p.registro_id is not null then p.valor_certo
          when a.valores_originais ? c.coluna then a.valores_originais ->> c.coluna
          else to_jsonb(l) ->> c.coluna
        end as certo,
        p.registro_id is null as era_certa, a.valores_propostos ? c.coluna as proposta, a.valores_propostos ->> c.coluna as proposto,
        case when a.corrigida then to_jsonb(l) ->> c.coluna end as atual
      from achado a
      cross join lateral jsonb_object_keys(a.valores) c (coluna)
      left join certa p on p.registro_id = a.registro_id and p.coluna = c.coluna
      left join dw.lancamentos l on a.corrigida and l.id = a.registro_id
    ), julgado as (
      select c.id,
        bool_and(case when c.numerica and c.proposto ~ '^-?[0-9]+([.][0-9]+)?$' then c.proposto::numeric = c.certo::numeric
          else c.proposto is not distinct from c.certo end) filter (where c.proposta) as proposta_certa,
        bool_and(case when c.numerica then c.atual::numeric is not distinct from c.certo::numeric
          else c.atual is not distinct from c.certo end) as atual_certo,
        bool_or(c.era_certa and case when c.numerica then c.atual::numeric is distinct from c.certo::numeric
          else c.atual is distinct from c.certo end) as estragada
      from (select t.*, t.coluna like 'valor%' and t.certo ~ '^-?[0-9]+([.][0-9]+)?$' as numerica from coluna t) c
      group by c.id
    ), por_regra as (
      select a.regra, count(distinct p.registro_id) as encontrados,
        count(*) filter (where j.proposta_certa) as propostas_certas,
        count(*) filter (where not j.proposta_certa) as propostas_erradas,
        count(*) filter (where a.corrigida) as corrigidas,
        count(*) filter (where a.corrigida and j.atual_certo) as corrigidas_certas,
        count(*) filter (where a.corrigida and j.estragada) as danos
      from achado a
      left join julgado j on j.id = a.id
      left join plantado p on p.registro_id = a.registro_id and p.regra = a.regra
      group by a.regra
    ), por_plantado as (
      select p.regra, count(*) as plantados from plantado p group by p.regra
    ), linhas as (
      select coalesce(t.regra, r.regra) as regra, coalesce(t.plantados, 0) as plantados, coalesce(r.encontrados, 0) as encontrados,
        coalesce(r.propostas_certas, 0) as propostas_certas, coalesce(r.propostas_erradas, 0) as propostas_erradas,
        coalesce(r.corrigidas, 0) as corrigidas, coalesce(r.corrigidas_certas, 0) as corrigidas_certas, coalesce(r.danos, 0) as danos
      from por_plantado t
      full join por_regra r on r.regra = t.regra
    ), com_total as (
      select 1 as ordem, l.* from linhas l
      union all
      select 2, '(total)', sum(l.plantados)::bigint,
        (select count(distinct p.registro_id) from plantado p join achado a on a.registro_id = p.registro_id),
        sum(l.propostas_certas)::bigint, sum(l.propostas_erradas)::bigint, sum(l.corrigidas)::bigint, sum(l.corrigidas_certas)::bigint,
        (select count(*) from exemplo.danos() x where x.motivo <> 'errado_trocado')
      from linhas l
    )
    select c.regra, c.plantados, c.encontrados, c.propostas_certas, c.propostas_erradas, c.corrigidas, c.corrigidas_certas, c.danos,
      round(c.propostas_certas::numeric / nullif(c.propostas_certas + c.propostas_erradas, 0), 4),
      round(c.corrigidas_certas::numeric / nullif(c.corrigidas, 0), 4),
      round(c.encontrados::numeric / nullif(c.plantados, 0), 4)
    from com_total c
    order by c.ordem, c.regra collate "C"
  $q$) using placar.desde_sessao
  loop
    return next;
  end loop;
end
$$;

comment on function exemplo.placar(bigint) is
  'Score of the rules on the example warehouse, one row for each rule and a total: planted errors, how many were found, proposals right and wrong, corrections in force and right, danos (harm: entries that were right and were changed; the total counts those changed or deleted by anybody), precisao of the proposals, precisao_corrigidas of the corrections, cobertura (recall). Error: NC903 without an example warehouse.';

revoke execute on function exemplo.placar(bigint) from public;
