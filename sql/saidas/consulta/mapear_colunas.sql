-- Matches the columns of a fact table, and of the dimensions that it refers to by foreign key, with those of the contract: by name, by type
-- and, for the key, by uniqueness. A prefix that most columns of the table share is no part of their names. A day may be written as a text
-- or a number, an amount in cents, a key over several columns. Reads only the catalogue and no row. One line for each column of the contract; the reader decides.
-- Called by audit.propor_visao and `conferente preparar`.
create or replace function audit.mapear_colunas(tabela text, esquema text default 'dw')
returns table (ordem integer, coluna text, origem text, expressao text, direta boolean, gravacao text, juncao text, busca jsonb, nota text, falta boolean)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
set quote_all_identifiers = off
as $$
declare
  v_relacao regclass := audit_interno.relacao(mapear_colunas.tabela);
  v_tipo "char";
  v_fuso text := audit.fuso();
  v_certo text;
begin
  select c.relkind into v_tipo from pg_class c where c.oid = v_relacao;
  if v_tipo is null or v_tipo not in ('r', 'p', 'v', 'f') then
    if audit_interno.nome_qualificado(mapear_colunas.tabela) then
      select audit_interno.nome_sql(c.oid) into v_certo
      from parse_ident(mapear_colunas.tabela) as p (partes)
      join pg_namespace n on lower(n.nspname) = lower(p.partes[1])
      join pg_class c on c.relnamespace = n.oid and lower(c.relname) = lower(p.partes[2]) and c.relkind in ('r', 'p', 'v', 'f')
      order by c.oid limit 1;
    end if;
    raise exception using errcode = 'NC004', message = format('não há tabela nem visão %s', coalesce(mapear_colunas.tabela, 'nula')),
      hint = coalesce('Há ' || v_certo || '. No terminal, entre apóstrofos: ''' || v_certo || '''.', 'Escreva o nome com o esquema, como financeiro.fato_despesa.');
  end if;
  return query
  with chave as ( -- of a key of several columns the last one says which; those before it (client, company) say whose
    select r.*, 'd' || row_number() over (order by r.conkey, r.oid) as apelido
    from (
      select k.oid, k.conkey, k.confkey, k.confrelid as dimensao, k.conkey[cardinality(k.conkey)] as de,
        c.colunas_fato, c.colunas_dimensao, c.colunas_fato[cardinality(k.conkey)] as coluna_fato, c.colunas_dimensao[cardinality(k.conkey)] as coluna_dimensao,
        -- an outer join would keep an index on the other table from serving
        k.convalidated and c.preenchidas as sempre,
        -- whoever wrote another value there would move the row to another document
        exists (select from pg_index i where i.indrelid = v_relacao and i.indisprimary and k.conkey <@ i.indkey::smallint[]) as cabecalho,
        -- the subject of the dimension: by the name of the foreign key, and by its own
        array[regexp_replace(audit_interno.dobrar_nome(f.attname), '^(sk|fk|id|cd|cod)_|_(id|sk|fk|key|cod|code|no)$', '', 'g'),
          regexp_replace(regexp_replace(audit_interno.dobrar_nome(d.relname), '^(dim|d)_|_dim$', '', 'g'), '(?<=or)es$|s$', '')] as assuntos
      from pg_constraint k
      join pg_attribute f on f.attrelid = k.conrelid and f.attnum = k.conkey[cardinality(k.conkey)]
      join pg_class d on d.oid = k.confrelid
      cross join lateral (
        select array_agg(quote_ident(a.attname) order by u.posicao) as colunas_fato, array_agg(quote_ident(b.attname) order by u.posicao) as colunas_dimensao,
          bool_and(a.attnotnull) as preenchidas
        from unnest(k.conkey, k.confkey) with ordinality as u (de, para, posicao)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.de
        join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.para) as c
      where k.conrelid = v_relacao and k.contype = 'f'
        -- one to a partitioned table has another to each of its partitions
        and not exists (select from pg_constraint p where p.oid = k.conparentid and p.conrelid = k.conrelid)
    ) as r
  ), unica as (
    select i.indkey[0] as numero, min(case when i.indisprimary then 0 else 1 end) as posto
    from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = v_relacao and i.indisunique and i.indnkeyatts = 1 and i.indpred is null and a.attnotnull
    group by i.indkey[0]
  ), composta as ( -- joined by a hyphen, which an index can hold
    select format('(%s)', string_agg(format(case when t.typcategory = 'S' then 'f.%I' else 'f.%I::text' end, a.attname), ' || ''-'' || ' order by u.posicao)) as expressao,
      format('%s (%s)', audit_interno.nome_sql(v_relacao), string_agg(quote_ident(a.attname), ', ' order by u.posicao)) as origem, count(*) as colunas
    from pg_index i
    cross join unnest(i.indkey::smallint[]) with ordinality as u (numero, posicao)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.numero
    join pg_type t on t.oid = a.atttypid
    where i.indrelid = v_relacao and i.indisunique and i.indnkeyatts > 1 and i.indpred is null and u.posicao <= i.indnkeyatts
    group by i.indexrelid, i.indisprimary, i.indnkeyatts
    having count(*) = i.indnkeyatts and bool_and(a.attnotnull and (t.typcategory = 'S' or t.typname in ('int2', 'int4', 'int8', 'uuid')))
    order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
    limit 1
  ), prefixo as (
    select x.prefixo
    from (select substring(audit_interno.dobrar_nome(a.attname) from '^[a-z][a-z0-9]{0,9}_') as prefixo from pg_attribute a
      where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped) as x
    group by x.prefixo
    having x.prefixo is not null and 2 * count(*) > (select count(*) from pg_attribute a where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped)
  ), candidata as (
    -- a text that refers to another table is a code: it serves where that table says nothing better
    select 'f' as apelido, case when exists (select from chave k where k.de = a.attnum) then 2 else 0 end as longe, a.attname, a.attnum, a.atttypid, a.atttypmod, n.nomes, null::smallint as de,
      n.centavos is not null and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) as centavos
    from pg_attribute a
    left join prefixo p on starts_with(audit_interno.dobrar_nome(a.attname), p.prefixo)
    cross join lateral (select audit_interno.dobrar_nome(a.attname) as nome, substr(audit_interno.dobrar_nome(a.attname), 1 + length(p.prefixo)) as sem_prefixo) as x
    cross join lateral (select substring(coalesce(x.sem_prefixo, x.nome) from '^(.*?)_?(?:em_|in_)?(?:centavos|cents)$') as centavos) as c
    cross join lateral (select array_remove(array[x.nome, x.sem_prefixo, coalesce(nullif(c.centavos, ''), 'valor' || left(c.centavos, 0))], null) as nomes, c.centavos) as n
    where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped
      and not exists (select from chave k join pg_type t on t.oid = a.atttypid where k.de = a.attnum and not k.cabecalho and t.typcategory <> 'S')
    union all
    select k.apelido, 1, a.attname, a.attnum, a.atttypid, a.atttypmod, n.nomes, k.de, false
    from chave k
    join pg_attribute a on a.attrelid = k.dimensao and a.attnum > 0 and not a.attisdropped and a.attnum <> all (k.confkey)
    cross join lateral (select audit_interno.dobrar_nome(a.attname) as nome) as x
    -- a column may be called after its dimension: vendor_name is the name of the vendor
    cross join lateral (select regexp_replace(x.nome, '^(' || array_to_string(k.assuntos, '|') || ')_', '') as resto) as y
    cross join lateral (
      select case
        when y.resto ~ '^((nm|ds|no)_.*|nome.*|name|descricao|description|rotulo|label|titulo|title|denominacao)$'
          then case when x.nome ~ '_' then k.assuntos || x.nome else k.assuntos end
        when y.resto ~ '^((cd|cod|nr)_.*|codigo.*|code|numero|number|sigla)$'
          then array(select s || '_codigo' from unnest(k.assuntos) as s union all select s || '_code' from unnest(k.assuntos) as s
            union all select x.nome where x.nome ~ '_')
        else array[x.nome] end as nomes) as n
  ), possivel as (
    select n.coluna, c.*, least(n.posto, 99) as posto, t.typname, t.typcategory,
      n.coluna in ('data_lancamento', 'carregado_em') and e.dia_escrito as dia_escrito,
      case
        when n.coluna = 'id' then t.typtype <> 'c'
        when n.coluna in ('data_lancamento', 'carregado_em') then t.typname in ('date', 'timestamp', 'timestamptz') or e.dia_escrito
        when n.coluna like 'valor%' then t.typcategory = 'N'
        else t.typcategory = 'S' or t.typname in ('int2', 'int4', 'int8', 'numeric', 'uuid') end as cabe
    from candidata c
    join pg_type t on t.oid = c.atttypid
    join audit_interno.nomes_contrato() n on exists (select from unnest(c.nomes) as x (nome) where x.nome ~ ('^(' || n.expressao || ')$'))
    cross join lateral (select t.typname in ('int4', 'int8') or t.typcategory = 'S' as dia_escrito) as e
    where n.coluna <> 'id' or c.apelido = 'f'
    union all
    select 'id', c.*, u.posto - 2, t.typname, t.typcategory, false, true
    from unica u join candidata c on c.apelido = 'f' and c.attnum = u.numero join pg_type t on t.oid = c.atttypid
  ), escolhida as (
    select distinct on (p.coluna) p.*, case when p.dia_escrito then format(
        -- fourteen digits are a day and a time, of which the day is read
        case when p.typcategory <> 'S' then '%I.dia_escrito(%s.%I::text)' when p.atttypmod = 14 + 4 then '%I.dia_escrito(left(%s.%I, 8))' else '%I.dia_escrito(%s.%I)' end, esquema, p.apelido, p.attname)
      else format('%s.%I', p.apelido, p.attname) end as nome
    from possivel p
    where p.cabe
    order by p.coluna, p.dia_escrito, p.posto, p.longe, p.attnum
  ), sinal as (
    select min(quote_ident(a.attname)) as coluna
    from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    left join prefixo p on starts_with(audit_interno.dobrar_nome(a.attname), p.prefixo)
    where a.attrelid = v_relacao and a.attnum > 0 and not a.attisdropped and t.typcategory = 'S'
      and substr(audit_interno.dobrar_nome(a.attname), 1 + coalesce(length(p.prefixo), 0))
        ~ '^(shkzg|drcrk|d_?c(_?(ind|indicator|flag))?|((tp|tipo|ind|natureza)_?)?(dc|deb(ito)?_?(ou_)?cred(ito)?)|(debit_?credit|dr_?cr)(_?(indicator|flag))?)$'
  )
  select k.ordem, k.coluna,
    case when e.nome is not null then format('%s.%I', audit_interno.nome_sql(coalesce(x.dimensao, v_relacao)), e.attname) when k.coluna = 'id' then m.origem end,
    case
      when e.nome is null and k.coluna = 'id' and m.origem is not null then m.expressao
      when e.nome is null then 'null::' || case k.coluna when 'id' then 'bigint' else k.esperado end
      when e.centavos and k.coluna like 'valor%' then format('(%s / 100.0)::%s', e.nome, k.esperado)
      when k.coluna = 'id' or e.typname = any (k.tipos) then e.nome
      when e.dia_escrito and k.coluna = 'data_lancamento' then e.nome
      when e.dia_escrito then format('%s::timestamp at time zone %L', e.nome, v_fuso)
      when k.coluna = 'data_lancamento' and e.typname = 'timestamptz' then format('(%s at time zone %L)::date', e.nome, v_fuso)
      when k.coluna = 'data_lancamento' then e.nome || '::date'
      when k.coluna = 'carregado_em' and e.typname = 'date' then format('%s::timestamp at time zone %L', e.nome, v_fuso)
      when k.coluna = 'carregado_em' then format('%s at time zone %L', e.nome, v_fuso)
      else format('%s::%s', e.nome, k.esperado) end,
    e.nome is not null and e.apelido = 'f' and (k.coluna = 'id' or e.typname = any (k.tipos)) and not e.centavos,
    case when e.apelido = 'f' then case when e.centavos and k.coluna like 'valor%' then format('new.%s * 100', k.coluna) else 'new.' || k.coluna end end,
    case when x.dimensao is not null then
      format('%s %s %s on %s', case when x.sempre then 'join' else 'left join' end, audit_interno.nome_sql(x.dimensao), x.apelido, (select string_agg(format('%s.%s = f.%s', x.apelido, u.d, u.f), ' and ')
        from unnest(x.colunas_dimensao, x.colunas_fato) as u (d, f))) end,
    case when k.coluna in ('conta_contabil', 'categoria') and not x.cabecalho then jsonb_build_object('tabela', audit_interno.nome_sql(x.dimensao),
      'rotulo', quote_ident(e.attname), 'chave', x.coluna_dimensao, 'fato', x.coluna_fato,
      'mesmas', (select string_agg(format('d.%s = f.%s', u.d, u.f), ' and ') from unnest(x.colunas_dimensao, x.colunas_fato) as u (d, f) where u.f <> x.coluna_fato)) end,
    case
      when a.coluna is not null then format('%s muda com a categoria: fica nula; depois, conferente configurar pendente.move_conta false --motivo "…"', a.nome)
      when k.coluna = 'id' and e.nome is null and m.origem is not null then format(case v_tipo when 'p' then 'chave de %s colunas, que pede um índice sobre a expressão' else 'chave de %s colunas, que pede um índice único sobre a expressão' end, m.colunas)
      when k.coluna = 'id' and e.nome is null then 'escolha uma coluna única: sem ela nada se corrige'
      when k.coluna = 'id' and e.posto > 0 then 'nenhum índice diz que é única: confira'
      when e.nome is null and k.coluna = 'data_lancamento' then 'não encontrada: as janelas e as partições vão por ela'
      when e.nome is null and k.coluna = 'carregado_em' then 'não encontrada: rode por data de lançamento, com --data-inicio e --data-fim'
      when e.nome is null and k.coluna in ('categoria', 'valor') then 'não encontrada: as regras precisam dela'
      when e.nome is null then 'não encontrada'
      when x.cabecalho and k.coluna in ('conta_contabil', 'categoria', 'valor')
        then format('vem de %s, que outras linhas também usam: por esta visão não se corrige', audit_interno.nome_sql(x.dimensao))
      when e.dia_escrito then format('é %s: lida como AAAAMMDD ou AAAA-MM-DD, sem hora; o índice da coluna não serve à expressão', format_type(e.atttypid, e.atttypmod))
      when k.coluna in ('data_lancamento', 'carregado_em') and not e.typname = any (k.tipos)
        then format('é %s: o índice da coluna não serve à expressão', format_type(e.atttypid, null))
      when k.coluna = 'valor' and s.coluna is not null then format('%s parece dizer débito ou crédito: se o valor não tem sinal, dê-o na expressão', s.coluna)
      when k.coluna like 'valor%' and e.centavos then 'em centavos'
      when k.coluna like 'valor%' and not e.typname = any (k.tipos) then format('é %s, e não numeric', format_type(e.atttypid, null)) end,
    e.nome is null and not (k.coluna = 'id' and m.origem is not null) and k.coluna in ('id', 'data_lancamento', 'categoria', 'valor')
  from audit_interno.contrato() k
  -- an account in the dimension of the category changes with it: shown, it would make every correction of the category one of both
  left join escolhida c on c.coluna = 'categoria' and c.apelido <> 'f'
  left join escolhida a on a.coluna = 'conta_contabil' and a.apelido = c.apelido and k.coluna = a.coluna
  left join escolhida e on e.coluna = k.coluna and a.coluna is null
  left join chave x on x.apelido = e.apelido
  left join composta m on true
  left join sinal s on true
  order by k.ordem;
end
$$;
comment on function audit.mapear_colunas(text, text) is
  'For each column of the contract, in order: where it seems to come from (origem, null when nothing fits), as which expression over the aliases f (the fact table) and d1, d2 … (its dimensions), whether it can be written directly, what is written back there (gravacao, over new), the join it needs, how a label is looked up (busca: tabela, rotulo, chave, fato, and mesmas, what the two must share where a key has several columns), what to check, and whether nothing works without it (falta). Guessed from names and types: read it before use. tabela includes the schema. esquema is that of the view, in which audit.propor_visao puts dia_escrito, a function that reads a day from a text. Error: NC004 no such table or view.';
grant execute on function audit.mapear_colunas(text, text) to conferente_leitor;
