-- A regular expression that finds a name in free text: each letter in either case, with whatever accent, with characters that have no width
-- between, and any blanks. Only as words of its own, so not "ana" in "banana" or in "ana.paula@…". A name of one word is left where a
-- capitalised word follows: "Ana Paula" may be somebody else. cuidado => false finds those too.
create or replace function audit_interno.padrao_nome(nome text, cuidado boolean default true)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select '(?<![[:alnum:]_])(?<![[:alnum:]][.@-])' || string_agg(
      case when x.letra ~ '[[:space:]]' then '[[:space:]]+'
        when v.variantes is not null then format('[%s%s]', v.variantes, upper(v.variantes collate "und-x-icu"))
        when x.letra ~ '[[:alpha:]]' then format('[%s%s]', x.letra, upper(x.letra collate "und-x-icu"))
        when x.letra ~ '[[:digit:]]' then x.letra
        else chr(92) || x.letra end || i.invisiveis, '' order by x.n)
    || '(?![[:alnum:]_])(?![.@-][[:alnum:]])'
    || case when padrao_nome.cuidado and min(p.palavra::integer) = 1 then '(?![[:space:]]+[[:upper:]][[:lower:]])' else '' end
  from (select padrao_nome.nome ~ '^[[:alnum:]]+$' as palavra) as p
  cross join lateral regexp_split_to_table(
    regexp_replace(lower(normalize(padrao_nome.nome, nfkd) collate "und-x-icu"), '[' || chr(768) || '-' || chr(879) || ']', '', 'g'), '') with ordinality as x (letra, n)
  left join (values ('a', 'aàáâãäåāăą'), ('c', 'cçćč'), ('e', 'eèéêëēęě'), ('i', 'iìíîïī'), ('n', 'nñńň'), ('o', 'oòóôõöøō'), ('s', 'sśšş'), ('u', 'uùúûüūů'),
    ('y', 'yýÿ'), ('z', 'zźżž')) as v (letra, variantes) on v.letra = x.letra
  cross join (select '[' || chr(173) || chr(768) || '-' || chr(879) || chr(8203) || '-' || chr(8207) || chr(8288) || chr(65279) || ']*' as invisiveis) as i
$$;
comment on function audit_interno.padrao_nome(text, boolean) is 'Regular expression, case-sensitive, for the name as words of its own.';
