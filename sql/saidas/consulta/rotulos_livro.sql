-- The labels that the ledger has in a column which a rule may correct, to choose from and to hold a typed one against. A column of
-- text with more than two hundred is none of labels: what the server's statistics say of it is believed before the table is read.
-- Reads the table as conferente_regra; changes nothing. Called by the review page.
create or replace function audit.rotulos_livro(regra text, coluna text)
returns table (rotulo text, lancamentos bigint)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_relacao regclass;
  v_maximo constant integer := 200;
begin
  select * into v_regra from audit.regras r where r.nome = rotulos_livro.regra;
  if not found then
    raise exception using errcode = 'NC003', message = format('regra desconhecida: %s', coalesce(rotulos_livro.regra, 'nula')),
      hint = 'Existem: ' || (select string_agg(r.nome, ', ' order by r.nome) from audit.regras r) || '.';
  end if;
  if rotulos_livro.coluna is null or rotulos_livro.coluna <> all (v_regra.colunas) then
    raise exception using errcode = 'NC015', message = format('coluna que a regra %s não corrige: %s', v_regra.nome, coalesce(rotulos_livro.coluna, 'nula')),
      hint = format('Permitidas: %s.', array_to_string(v_regra.colunas, ', '));
  end if;
  v_relacao := audit_interno.relacao(v_regra.tabela);
  if v_relacao is null then
    raise undefined_table;
  end if;
  if not exists (select from pg_type t where t.oid = audit_interno.tipo_base(v_relacao, rotulos_livro.coluna) and t.typcategory = 'S')
    or exists (
      -- read as who may read the column: others are shown no statistics of it
      select from audit_interno.ler('select s.n_distinct from pg_stats s where (s.schemaname, s.tablename, s.attname) = ($2[1], $2[2], $2[3])', null,
        array(select unnest(array[n.nspname::text, c.relname::text, rotulos_livro.coluna])
          from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = v_relacao)) as s (n_distinct real)
      where s.n_distinct > 5 * v_maximo or s.n_distinct < 0
        and -s.n_distinct * (select c.reltuples from pg_class c where c.oid = v_relacao) > 5 * v_maximo)
  then
    return;
  end if;
  return query
  select x.rotulo, x.lancamentos
  from audit_interno.ler(format(
    'select g.rotulo, g.lancamentos, count(*) over () from (select t.%1$I::text as rotulo, count(*) as lancamentos from %2$s t where t.%1$I::text <> '''' group by 1 limit %3$s) g',
    rotulos_livro.coluna, audit_interno.nome_sql(v_relacao), v_maximo + 1)) as x (rotulo text, lancamentos bigint, todos bigint)
  where x.todos <= v_maximo
  order by x.lancamentos desc, x.rotulo collate "und-x-icu";
exception
  when insufficient_privilege or undefined_column or undefined_table then
    raise exception using errcode = 'NC010', message = format('o armazém não pôde ser lido: %s', v_regra.tabela),
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;
comment on function audit.rotulos_livro(text, text) is
  'The labels that the ledger has in a column of text which the rule may correct, commonest first, with their entries; no row where they are more than 200, so that they are no labels. Errors: NC003 unknown rule, NC010 no warehouse to read, NC015 no column of the rule.';
grant execute on function audit.rotulos_livro(text, text) to conferente_revisor, conferente_administrador;
