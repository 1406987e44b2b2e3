-- Harm: entries of the example that are wrong now and were not planted so. Three ways to get there: a column that was
-- right has changed, a planted value was replaced by another wrong one, or the entry is gone.
-- A copy that is gone, or whose amount is 0.00, is no harm: it should never have been booked.
-- concat() makes a query that is not a constant: plpgsql_check would look for the tables of constant ones, which exist only
-- once exemplo.criar_armazem has run.
create or replace function exemplo.danos()
returns table (registro_id bigint, motivo text)
language plpgsql
stable
set search_path = ''
set work_mem = '64MB'
as $$
begin
  if pg_catalog.to_regclass('exemplo.original') is null then
    raise exception using
      errcode = 'NC903',
      message = 'não há data warehouse de demonstração neste banco',
      hint = 'Crie-o antes com select exemplo.criar_armazem().';
  end if;

  -- With the planted column set back to the planted value, and a right account to the one booked with it, an entry must have its first
  -- fingerprint again.
  for danos.registro_id, danos.motivo
  in execute concat($q$
    select o.registro_id, m.motivo
    from exemplo.original o
    left join exemplo.verdade v on v.registro_id = o.registro_id and v.tipo not like 'honesta:%'
    left join dw.lancamentos l on l.id = o.registro_id
    cross join lateral (
      select case
        when l.id is null then case when v.duplicata_de is null then 'ausente' end
        when o.impressao <> exemplo.impressao(l.filial, l.centro_custo,
            case when l.conta_contabil = v.conta_certa then v.conta_plantada else l.conta_contabil end,
            case when v.coluna = 'categoria' then v.valor_plantado else l.categoria end,
            l.fornecedor_id, l.fornecedor, l.documento, l.descricao,
            case when v.coluna = 'valor' then v.valor_plantado::numeric else l.valor end,
            l.valor_documento, l.valor_desconto) then 'certo_alterado'
        when v.coluna = 'categoria' and l.categoria is distinct from v.valor_certo and l.categoria is distinct from v.valor_plantado
          or v.coluna = 'valor' and l.valor is distinct from v.valor_certo::numeric and l.valor is distinct from v.valor_plantado::numeric
          then 'errado_trocado'
      end as motivo
    ) m
    where m.motivo is not null
  $q$)
  loop
    return next;
  end loop;
end
$$;

comment on function exemplo.danos() is
  'Harm in the example warehouse: entries that are wrong now and were not planted that way; motivo: certo_alterado (a right column changed), errado_trocado (one wrong value replaced by another), ausente (deleted). Error: NC903 without an example warehouse.';

revoke execute on function exemplo.danos() from public;
