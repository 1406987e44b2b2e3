-- The last statement of every migration. Records, as one operation, what the schema is now, and the rows of tables whose columns it
-- changed, because their digests have changed. The trail shows an administrator when that was, by whom and how much.
create or replace function audit_interno.registrar_instalacao()
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set bytea_output = 'hex'
set client_min_messages = warning
as $$
declare
  v_operacao bigint := audit_interno.abrir_operacao('instalacao', motivo => 'o esquema desta versão');
  v_servidor integer := current_setting('server_version_num')::integer / 10000;
  v_novos bigint;
  v_mudados bigint;
  v_retirados bigint;
  v_linhas bigint;
  v_tabelas text[];
  v_sal bytea := uuid_send(gen_random_uuid());
begin
  create temp table conferente_objeto on commit drop as
  select distinct on (a.objeto) a.objeto, a.resumo, a.definicao from audit_interno.objetos_agora() a; -- partitions that differ: one of them
  -- a table's object is named after the table
  select array_agg(v.tabela) into v_tabelas
  from audit_interno.vigiadas() v
  left join audit_interno.objetos o on o.objeto = 'tabela ' || v.tabela
  left join pg_temp.conferente_objeto a on a.objeto = 'tabela ' || v.tabela
  where o.resumo is distinct from a.resumo;
  delete from audit_interno.objetos o where not exists (select from pg_temp.conferente_objeto a where a.objeto = o.objeto);
  get diagnostics v_retirados = row_count;
  update audit_interno.objetos o set resumo = a.resumo, definicao = a.definicao, servidor = v_servidor
  from pg_temp.conferente_objeto a
  where a.objeto = o.objeto and (o.resumo, o.definicao, o.servidor) is distinct from (a.resumo, a.definicao, v_servidor);
  get diagnostics v_mudados = row_count;
  insert into audit_interno.objetos (objeto, resumo, definicao, servidor)
  select a.objeto, a.resumo, a.definicao, v_servidor
  from pg_temp.conferente_objeto a
  where not exists (select from audit_interno.objetos o where o.objeto = a.objeto);
  get diagnostics v_novos = row_count;
  drop table pg_temp.conferente_objeto;

  insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, sal)
  select v_operacao, y.tabela, array_agg(y.chave order by y.n), array_agg(sha256(v_sal || y.resumo) order by y.n), v_sal
  from (
    select a.tabela, a.chave, a.resumo, row_number() over (partition by a.tabela) as n
    from audit_interno.estados_agora() a
    left join audit_interno.ultimos_estados() u on u.tabela = a.tabela and u.chave = a.chave
    where a.tabela = any (v_tabelas) and u.resumo is distinct from case when u.sal is null then a.resumo else sha256(u.sal || a.resumo) end
  ) as y
  group by y.tabela, (y.n - 1) / 10000;
  select sum(cardinality(e.chaves)) into v_linhas
  from audit_interno.estados e where e.operacao_id = v_operacao and e.tabela <> 'audit_interno.objetos';
  perform audit_interno.fechar_operacao(v_operacao, v_novos + v_mudados + v_retirados, detalhes => jsonb_build_object(
    'objetos', (select count(*) from audit_interno.objetos), 'novos', v_novos, 'mudados', v_mudados, 'retirados', v_retirados,
    'linhas_anotadas', coalesce(v_linhas, 0), 'resumo', (
      select encode(sha256(string_agg(sha256(convert_to(row(o.objeto, o.resumo, o.definicao)::text, 'UTF8')), '' order by o.objeto collate "C")), 'hex')
      from audit_interno.objetos o)));
  return v_operacao;
end
$$;
comment on function audit_interno.registrar_instalacao() is 'Records the schema as it is; returns the operation. Its detalhes carry one digest over all objects.';
select audit_interno.registrar_instalacao();
