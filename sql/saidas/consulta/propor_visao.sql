-- The view that lays the contract over a fact table, as SQL to read, adapt and run: view, grants and, where a plain view could not be
-- written to (it joins, or computes a correctable column), the trigger. The trigger looks labels up strictly: no match or two are an error,
-- and the finding becomes falha with the reason. Where days are texts, a function that reads them. Indexes that expressions want are remarks:
-- to build them is the owner's choice. Runs nothing. Called by `conferente preparar`.
create or replace function audit.propor_visao(tabela text, visao text default 'dw.lancamentos')
returns text
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
set quote_all_identifiers = off
as $$
declare
  v_relacao regclass := audit_interno.relacao(propor_visao.tabela);
  v_fato text;
  v_visao text;
  v_esquema text;
  v_gravar text;
  v_dia text;
  v_linha constant text := chr(10);
  v_texto text;
begin
  if not audit_interno.nome_qualificado(propor_visao.visao) then
    raise exception using errcode = 'NC001', message = format('nome de visão inválido: %s', coalesce(propor_visao.visao, 'nulo')),
      hint = 'Escreva o nome com o esquema, como dw.lancamentos.';
  end if;
  v_esquema := quote_ident((parse_ident(propor_visao.visao))[1]);
  v_visao := v_esquema || '.' || quote_ident((parse_ident(propor_visao.visao))[2]);
  v_gravar := v_esquema || '.' || quote_ident('gravar_' || (parse_ident(propor_visao.visao))[2]);
  v_dia := v_esquema || '.dia_escrito';
  v_fato := audit_interno.nome_sql(v_relacao);
  with mapa as (
    select * from audit.mapear_colunas(propor_visao.tabela, (parse_ident(propor_visao.visao))[1])
  ), corrigivel as (
    select * from mapa m
    where m.origem is not null and (m.coluna in ('conta_contabil', 'categoria', 'valor') and coalesce(m.busca ->> 'chave', m.gravacao) is not null
      or m.direta and m.coluna in (select c from audit.regras r cross join unnest(r.colunas) as c where r.tabela = 'dw.lancamentos'))
  ), escrita as (
    select exists (select from mapa m where m.juncao is not null)
      or exists (select from corrigivel c where not c.direta)
      or pg_relation_is_updatable(v_relacao, true) & 4 = 0 as por_gatilho
  )
  select concat_ws(v_linha,
    format('-- Proposta de %s sobre %s: leia, corrija o que não for assim, e só então execute.', v_visao, v_fato),
    (select string_agg(format('-- %s: %s.', m.coluna, m.nota), v_linha order by m.ordem) from mapa m where m.nota is not null),
    (select format('-- linhas apagadas (%s) ficam fora.', string_agg(a.coluna, ', ')) from audit_interno.linhas_apagadas(v_relacao) a having count(*) > 0),
    case when audit_interno.relacao(propor_visao.visao) is not null then format('-- %s já existe: create view a recusa.', v_visao) end,
    format('create schema if not exists %s;', v_esquema),
    case when exists (select from mapa m where strpos(m.expressao, v_dia || '(') > 0) then concat_ws(v_linha,
      '-- o dia que um texto diz, como 20261005 ou 2026-10-05; nulo quando não diz nenhum',
      format('create function %s(texto text) returns date language sql immutable parallel safe', v_dia),
      'return case when texto ~ ''^[12][0-9]{3}-?(0[1-9]|1[0-2])-?(0[1-9]|[12][0-9]|3[01])$''',
      '  then case when right(texto, 2)::int <= date_part(''day'', make_date(left(texto, 4)::int, left(right(replace(texto, ''-'', ''''), 4), 2)::int, 1) + interval ''1 month -1 day'')',
      '    then make_date(left(texto, 4)::int, left(right(replace(texto, ''-'', ''''), 4), 2)::int, right(texto, 2)::int) end end;') end,
    format('create view %s as', v_visao),
    'select ' || (select string_agg(case when m.expressao = format('f.%I', m.coluna) then m.expressao else m.expressao || ' as ' || m.coluna end, ',' || v_linha || '  ' order by m.ordem) from mapa m),
    format('from %s f', v_fato) || coalesce((select string_agg(v_linha || j.juncao, '' order by j.juncao) from (select distinct m.juncao from mapa m where m.juncao is not null) as j), '')
      || coalesce((select v_linha || 'where ' || string_agg(a.condicao, ' and ') from audit_interno.linhas_apagadas(v_relacao) a), '') || ';',
    case when e.por_gatilho then (
      select concat_ws(v_linha,
        format('create function %s() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $gravar$', v_gravar),
        (select 'declare' || string_agg(v_linha || format('  v_%s %s.%s%%type;', c.coluna, v_fato, c.busca ->> 'fato'), '' order by c.ordem) from corrigivel c where c.busca is not null),
        'begin',
        '  -- o que não grava, recusa',
        format('  if to_jsonb(new) - %1$L::text[] <> to_jsonb(old) - %1$L::text[] then', array_agg(c.coluna order by c.ordem)::text),
        format('    raise exception ''só se corrigem por esta visão: %s'';', string_agg(c.coluna, ', ' order by c.ordem)),
        '  end if;',
        string_agg(concat_ws(v_linha,
          format('  if new.%1$s is distinct from old.%1$s then', c.coluna),
          case when c.busca is not null then format('    select d.%1$s into strict v_%2$s from %3$s d where d.%4$s = new.%2$s%5$s;', c.busca ->> 'chave', c.coluna, c.busca ->> 'tabela', c.busca ->> 'rotulo',
            case when c.busca ->> 'mesmas' is not null then
              format(' and exists (select from %s f where %s = old.id and %s)', v_fato, (select m.expressao from mapa m where m.coluna = 'id'), c.busca ->> 'mesmas') end) end,
          format('    update %s f set %s = %s where %s = old.id;', v_fato,
            coalesce(c.busca ->> 'fato', quote_ident((parse_ident(c.origem))[3])), case when c.busca is null then c.gravacao else 'v_' || c.coluna end,
            (select m.expressao from mapa m where m.coluna = 'id')),
          '  end if;'), v_linha order by c.ordem),
        '  return new;',
        'end',
        '$gravar$;',
        format('create trigger gravar instead of update on %s for each row execute function %s();', v_visao, v_gravar))
      from corrigivel c having count(*) > 0) end,
    format('grant usage on schema %s to conferente_regra, conferente_escrita;', v_esquema),
    format('grant select on %s to conferente_regra, conferente_escrita;', v_visao),
    format('grant update on %s to conferente_escrita;', v_visao),
    -- a partitioned table takes no unique index over an expression, and none concurrently
    (select '-- Índices que as expressões pedem; crie-os um a um:' || string_agg(format(v_linha || '-- create %sindex %son %s (%s);',
        case when m.coluna = 'id' and i.tipo <> 'p' then 'unique ' end, case when i.tipo <> 'p' then 'concurrently ' end, i.tabela,
        case when i.expressao ~ '^([(].*|[^ ()]*[(][^()]*)[)]$' then i.expressao else format('(%s)', i.expressao) end), '' order by m.ordem)
      from mapa m
      cross join lateral (select audit_interno.nome_sql(c.oid) as tabela, c.relkind as tipo, regexp_replace(m.expressao, '(?<![a-z0-9_$"])(f|d[0-9]+)[.]', '', 'g') as expressao
        from pg_class c where c.oid = case when m.juncao is null then v_relacao else audit_interno.relacao(quote_ident((parse_ident(m.origem))[1]) || '.' || quote_ident((parse_ident(m.origem))[2])) end) as i
      where m.coluna in ('id', 'data_lancamento', 'carregado_em') and m.origem is not null and m.expressao ~ '[(:]| at '),
    '-- Depois: conferente diagnostico')
  into v_texto
  from escrita e;
  return v_texto;
end
$$;
comment on function audit.propor_visao(text, text) is
  'SQL that lays a view with the contract''s columns over a fact table and its dimensions: view, grants and, if the view cannot be written directly, an INSTEAD OF trigger. Remarks at the top say what was not found. Guessed from names and types, and never run by itself. Both names include the schema. Errors: NC001 bad name of the view, NC004 no such table.';
grant execute on function audit.propor_visao(text, text) to conferente_leitor;
