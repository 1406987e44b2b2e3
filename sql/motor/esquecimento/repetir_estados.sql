-- Says the state of every row again, as a fact of this operation, and takes the salts of all earlier ones: whoever still has their digests
-- finds no name by trying. That the rows are what the earlier facts say was seen before (exigir_fora). Called by esquecer_pessoa.
create or replace function audit_interno.repetir_estados(operacao_id bigint)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_sal bytea := uuid_send(gen_random_uuid());
  v_destacada regclass;
begin
  insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, sal)
  select repetir_estados.operacao_id, y.tabela, array_agg(y.chave order by y.n), array_agg(sha256(v_sal || y.resumo) order by y.n), v_sal
  from (
    select x.*, row_number() over (partition by x.tabela order by x.chave collate "C") as n
    from (
      select u.tabela, u.chave, coalesce(a.resumo, audit_interno.resumo_situacao(d)) as resumo
      from audit_interno.ultimos_estados() u
      left join audit_interno.estados_agora() a on a.tabela = u.tabela and a.chave = u.chave
      left join audit.divergencias_processadas d on u.tabela = 'audit.divergencias_processadas' and d.id::text = u.chave
      where u.operacao_id <> repetir_estados.operacao_id and u.resumo is not null and (a.chave is not null or d.id is not null)
    ) as x
  ) as y
  group by y.tabela, (y.n - 1) / 10000;
  update audit_interno.estados e set sal = null where e.operacao_id <> repetir_estados.operacao_id and e.sal is not null;
  for v_destacada in -- a turn for each month that was detached and left here
    select c.oid::regclass from pg_class c
    where c.relnamespace = to_regnamespace('audit_arquivo') and c.relkind = 'r' and c.relname ~ '^estados_[0-9]{4}_[0-9]{2}$'
  loop
    execute format('update %s set sal = null where sal is not null', v_destacada);
  end loop;
end
$$;
comment on function audit_interno.repetir_estados(bigint) is 'States of all rows as facts of the operation; no earlier fact keeps its salt.';
