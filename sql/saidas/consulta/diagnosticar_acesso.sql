-- Part of the diagnosis: whether conferente_regra may read a relation, and conferente_escrita read and write it, column by column, with the
-- exact grants that fix it. What grants alone do not show (a view that reads with its reader's rights) is tried, without reading a row.
-- Called by audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_acesso(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_sql(relacao);
  v_leitura text;
  v_ler text;
  v_escrever text;
  v_recusa text;
  v_lida boolean := false;
begin
  select format('select %s from %s t limit 0', coalesce(string_agg(format('t.%I', u.coluna), ', '), ''), v_nome) into v_leitura
  from audit_interno.colunas_usadas(relacao) u;
  with esquema as (
    select c.relnamespace as id, quote_ident(n.nspname) as nome from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = diagnosticar_acesso.relacao
  ), pedido (ordem, papel, direito) as (
    values (1, 'conferente_regra', 'select'), (2, 'conferente_escrita', 'select'), (3, 'conferente_escrita', 'update')
  ), falta as (
    select p.ordem, p.papel, p.direito,
      case when count(*) = t.colunas then '' else format(' (%s)', string_agg(quote_ident(u.coluna), ', ' order by u.coluna)) end as quais
    from pedido p
    cross join lateral (
      select count(*) as colunas from audit_interno.colunas_usadas(relacao) x where x.corrigivel or p.direito = 'select') as t
    join audit_interno.colunas_usadas(relacao) u on u.corrigivel or p.direito = 'select'
    where not has_column_privilege(p.papel, relacao, u.coluna, p.direito)
    group by p.ordem, p.papel, p.direito, t.colunas
  ), concessao as (
    select 0 as ordem, 'select' as direito, format('grant usage on schema %s to %s;', e.nome, string_agg(p.papel, ', ' order by p.papel desc)) as comando
    from esquema e cross join (values ('conferente_regra'), ('conferente_escrita')) as p (papel)
    where not has_schema_privilege(p.papel, e.id, 'usage')
    group by e.nome
    union all
    select min(f.ordem), f.direito, format('grant %s%s on %s to %s;', f.direito, f.quais, v_nome, string_agg(f.papel, ', ' order by f.ordem))
    from falta f
    group by f.direito, f.quais
  )
  select string_agg(c.comando, ' ' order by c.ordem) filter (where c.direito = 'select'),
    string_agg(c.comando, ' ' order by c.ordem) filter (where c.direito = 'update')
  into v_ler, v_escrever
  from concessao c;

  if v_ler is null then
    begin
      perform from audit_interno.ler(format('select 1 from (%s) as x', v_leitura)) as x (um integer);
      perform from audit_interno.escrever(format('select 1 from (%s) as x', v_leitura)) as x (um integer);
      v_lida := true;
      raise exception using errcode = 'NC999', message = 'experiência'; -- undoes whatever a view's functions did
    exception when assert_failure or others then
      if not v_lida then
        v_recusa := sqlerrm;
      end if;
    end;
  end if;
  return query select format('ler %s', v_nome), case when v_ler is null and v_recusa is null then 'ok' else 'erro' end,
    coalesce(v_recusa, 'conferente_regra, conferente_escrita'),
    coalesce(v_ler, case when v_recusa is not null then
      'A visão lê com os direitos de quem a lê (security_invoker), ou chama uma função: dê o mesmo aos dois papéis no que está por baixo.' end);

  -- 4 is the bit for update in pg_relation_is_updatable; INSTEAD OF triggers count
  return query select format('escrever %s', v_nome),
    case when not u.atualizavel or v_escrever is not null then 'erro' else 'ok' end,
    case when not u.atualizavel then 'a visão não é atualizável' when u.gatilho then 'por gatilho INSTEAD OF' else 'direto' end,
    case when not u.atualizavel then 'Dê à visão um gatilho INSTEAD OF UPDATE, ou faça-a sobre uma só tabela.' else v_escrever end
  from (
    select pg_relation_is_updatable(relacao, true) & 4 = 4 as atualizavel,
      exists (select from pg_trigger g where g.tgrelid = diagnosticar_acesso.relacao and g.tgtype & 80 = 80) as gatilho
  ) as u;
  return query
    select format('escrever %s.%s', v_nome, a.attname), 'erro', 'a coluna não é atualizável pela visão',
      'Faça a coluna vir direto da tabela, ou use um gatilho INSTEAD OF UPDATE.'
    from pg_attribute a
    where a.attrelid = diagnosticar_acesso.relacao and a.attname in ('categoria', 'valor') and not a.attisdropped
      and pg_relation_is_updatable(relacao, true) & 4 = 4 and not pg_column_is_updatable(relacao, a.attnum, true)
      -- an INSTEAD OF trigger takes every column, but pg_column_is_updatable says so only if there is one for delete too
      and not exists (select from pg_trigger g where g.tgrelid = diagnosticar_acesso.relacao and g.tgtype & 80 = 80);
end
$$;
comment on function audit_interno.diagnosticar_acesso(regclass) is 'Lines of the diagnosis on what our two roles may do with a relation.';
