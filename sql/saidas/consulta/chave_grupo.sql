-- The name of a group, made of what its findings have in common. Inlined.
create or replace function audit_interno.chave_grupo(
  regra text, especie text, mudanca text, faixa integer, digitada boolean, situacao text, fornecedor text, para text, improvavel boolean
)
returns text
language sql
immutable parallel safe
as $$
  select left(encode(sha256(convert_to(to_jsonb(array[regra, especie, mudanca, faixa::text, digitada::text, situacao, fornecedor, para, improvavel::text])::text, 'UTF8')), 'hex'), 16)
$$;
comment on function audit_interno.chave_grupo(text, text, text, integer, boolean, text, text, text, boolean) is 'Sixteen hexadecimal digits that identify a group.';
grant execute on function audit_interno.chave_grupo(text, text, text, integer, boolean, text, text, text, boolean) to conferente_leitor;
