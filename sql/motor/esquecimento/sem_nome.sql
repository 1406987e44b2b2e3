-- The pseudonym in the place of the name: of the whole text where it is the name, else wherever it stands as words of its own, except
-- within a longer name of somebody else.
create or replace function audit_interno.sem_nome(texto text, quem audit_interno.esquecida)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when length(texto) <= 400 and audit_interno.chave_pessoa(texto) = any ((quem).chaves) then (quem).pseudonimo
    when texto = any ((quem).resumos) then encode(sha256(convert_to((quem).pseudonimo, 'UTF8')), 'hex')
    when texto !~ (quem).padrao then texto
    when (quem).alheios is null then regexp_replace(texto, (quem).padrao, (quem).pseudonimo, 'g')
    else (
      select string_agg(case when p.meu then regexp_replace(p.parte, (quem).padrao, (quem).pseudonimo, 'g') else p.parte end, '' order by p.n, not p.meu)
      from (
        select true as meu, s.n, s.parte from regexp_split_to_table(texto, (quem).alheios) with ordinality as s (parte, n)
        union all
        select false, m.n, m.achado[1] from regexp_matches(texto, '(' || (quem).alheios || ')', 'g') with ordinality as m (achado, n)
      ) as p) end
$$;
comment on function audit_interno.sem_nome(text, audit_interno.esquecida) is 'The text with the pseudonym instead of the name.';

create or replace function audit_interno.sem_nome(valor jsonb, quem audit_interno.esquecida)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  return case jsonb_typeof(valor)
    when 'string' then to_jsonb(audit_interno.sem_nome(valor #>> '{}', quem))
    when 'array' then (
      select coalesce(jsonb_agg(audit_interno.sem_nome(e.valor, quem) order by e.n), '[]') from jsonb_array_elements(valor) with ordinality as e (valor, n))
    when 'object' then (
      select coalesce(jsonb_object_agg(audit_interno.sem_nome(m.key, quem), audit_interno.sem_nome(m.value, quem)), '{}') from jsonb_each(valor) as m)
    else valor end;
end
$$;
comment on function audit_interno.sem_nome(jsonb, audit_interno.esquecida) is 'The value with the pseudonym instead of the name, in texts and keys at any depth.';

create or replace function audit_interno.sem_nome(lista text[], quem audit_interno.esquecida)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array(select audit_interno.sem_nome(e.texto, quem) from unnest(lista) with ordinality as e (texto, n) order by e.n)
$$;
comment on function audit_interno.sem_nome(text[], audit_interno.esquecida) is 'The list with the pseudonym instead of the name.';
