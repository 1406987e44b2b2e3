-- Of some branches (null: of the closed ones), those that no row has in any table whose rule registers its branch, with the most similar
-- names there, or some of them. Empty while no table can be read or none names a branch: an empty ledger knows no names. Called by
-- audit.fechar_periodo, and by the diagnosis.
create or replace function audit_interno.filiais_desconhecidas(filiais text[] default null)
returns table (filial text, conhecidas text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao record;
  v_filiais text[] := filiais;
  v_lidas text[];
  v_conhecidas text[] := '{}'::text[];
begin
  if v_filiais is null then
    begin
      v_filiais := array(select distinct f.filial from audit_interno.meses_fechados() f where f.filial is not null);
    exception when sqlstate 'NC022' then
      return; -- the diagnosis reports it
    end;
  end if;
  if v_filiais = '{}' then
    return;
  end if;
  for v_relacao in -- one turn for each table
    select distinct x.relacao, r.coluna_filial as coluna
    from audit.regras r cross join lateral (select audit_interno.relacao(r.tabela) as relacao) as x
    where audit_interno.tipo_coluna(x.relacao, r.coluna_filial) is not null
  loop
    begin
      select array_agg(l.filial) into v_lidas
      from audit_interno.ler(format('select distinct btrim(t.%I::text) from %s t', v_relacao.coluna, audit_interno.nome_sql(v_relacao.relacao))) as l (filial text)
      where audit_interno.dobrar_filial(l.filial) <> '';
      v_conhecidas := v_conhecidas || v_lidas;
    exception when others then
      if audit_interno.falha_de_quem(sqlstate) in ('sessao', 'servidor') then
        raise;
      end if;
    end;
  end loop;
  return query
    select p.filial, (
      select string_agg(c.nome, ', ' order by c.nome)
      from (
        select min(k.nome) as nome
        from unnest(v_conhecidas) as k (nome)
        group by audit_interno.dobrar_filial(k.nome)
        -- most trigrams in common first
        order by (
          select count(*) filter (where t = any (regras.trigramas(p.filial)))::numeric / count(*) from unnest(regras.trigramas(min(k.nome))) as t
        ) desc nulls last, min(k.nome)
        limit 5
      ) as c)
    from unnest(v_filiais) as p (filial)
    where v_conhecidas <> '{}'
      and not exists (select from unnest(v_conhecidas) as k (nome) where audit_interno.dobrar_filial(k.nome) = audit_interno.dobrar_filial(p.filial));
end
$$;
comment on function audit_interno.filiais_desconhecidas(text[]) is 'Branches that no row of the rules'' tables has, with up to five of the most similar names that are there.';
