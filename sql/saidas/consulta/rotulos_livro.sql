-- The labels of the ledger in a column that a rule may correct, to choose from and to check a typed one: the commonest first, or those that
-- contain a piece of text, an exact match first. Categories, branches, cost centres and accounts are labels. Any other text column counts
-- if each value has ten entries or more, on average; the server's statistics are asked before the table is read. Reads the table as
-- conferente_regra; changes nothing. Called by the review page.
create or replace function audit.rotulos_livro(regra text, coluna text, trecho text default null)
returns table (rotulo text, lancamentos bigint)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_relacao regclass;
  v_certos boolean;
  v_vezes constant integer := 10;
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
  v_certos := v_relacao = audit_interno.relacao('dw.lancamentos') and rotulos_livro.coluna in ('categoria', 'filial', 'centro_custo', 'conta_contabil');
  if not exists (select from pg_type t where t.oid = audit_interno.tipo_base(v_relacao, rotulos_livro.coluna) and t.typcategory = 'S')
    or v_certos is not true and exists (
      -- read by the role that may read the column: others see no statistics of it
      select from audit_interno.ler('select s.n_distinct from pg_stats s where (s.schemaname, s.tablename, s.attname) = ($2[1], $2[2], $2[3])', null,
        array(select unnest(array[n.nspname::text, c.relname::text, rotulos_livro.coluna])
          from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = v_relacao)) as s (n_distinct real)
      cross join (select greatest(c.reltuples, 0) as linhas from pg_class c where c.oid = v_relacao) as c
      -- only if far below ten, because statistics are estimates
      where case when s.n_distinct < 0 then -s.n_distinct * c.linhas else s.n_distinct end * v_vezes > 5 * c.linhas and c.linhas > 0)
  then
    return;
  end if;
  return query
  select x.rotulo, x.lancamentos
  from audit_interno.ler(format(
    'with g as materialized (select t.%1$I::text as rotulo, count(*) as lancamentos from %2$s t where t.%1$I::text <> '''' group by 1)
     select g.rotulo, g.lancamentos from g
     where (%3$L::boolean or (select sum(o.lancamentos) >= %4$s * count(*) from g o))
       and ($2[1] is null or strpos(audit_interno.dobrar_categoria(g.rotulo), audit_interno.dobrar_categoria($2[1])) > 0)
     order by g.rotulo = $2[1] desc nulls last, g.lancamentos desc, g.rotulo limit %5$s',
    rotulos_livro.coluna, audit_interno.nome_sql(v_relacao), coalesce(v_certos, false), v_vezes, v_maximo),
    null, array[nullif(btrim(rotulos_livro.trecho), '')]) as x (rotulo text, lancamentos bigint)
  order by x.rotulo = btrim(rotulos_livro.trecho) desc nulls last, x.lancamentos desc, x.rotulo collate "und-x-icu";
exception
  when insufficient_privilege or undefined_column or undefined_table then
    raise exception using errcode = 'NC010', message = format('o data warehouse não pôde ser lido: %s', v_regra.tabela),
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;
comment on function audit.rotulos_livro(text, text, text) is
  'Labels in a text column that the rule may correct, the most common first, with their entries, at most 200; with trecho only those that contain it, ignoring case and accents, an exact match first. No rows if the column holds free text rather than labels: texts that on average appear in fewer than ten entries. Errors: NC003 unknown rule, NC010 no warehouse to read, NC015 not a column of the rule.';
grant execute on function audit.rotulos_livro(text, text, text) to conferente_revisor, conferente_administrador;
