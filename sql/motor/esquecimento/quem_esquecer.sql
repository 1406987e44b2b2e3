-- All that is known of a person's names: logins and subjects tied to each other, spellings, addresses. Called by esquecer_pessoa.
create or replace function audit_interno.quem_esquecer(nome text)
returns audit_interno.esquecida
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_quem audit_interno.esquecida;
  v_nomes text[];
  v_enderecos text[];
  v_coluna record;
begin
  v_quem.pessoa := audit_interno.pessoa_de(quem_esquecer.nome);
  drop table if exists pg_temp.conferente_nome;
  create temp table conferente_nome (nome text) on commit drop;
  for v_coluna in select n.* from audit_interno.onde_ha_nomes() n where n.forma = 'nome' loop -- a turn for each column
    execute format('insert into pg_temp.conferente_nome select distinct x.%I from %s x where x.%1$I is not null', v_coluna.coluna, v_coluna.tabela);
  end loop;
  v_nomes := array(
    select n.nome from pg_temp.conferente_nome n where audit_interno.pessoa_de(n.nome) = v_quem.pessoa
    union select i.nome from audit.vw_identidades i where audit_interno.pessoa_de(i.nome) = v_quem.pessoa);
  if cardinality(v_nomes) = 0 then
    raise exception using errcode = 'NC004', message = format('pessoa desconhecida: %s', quem_esquecer.nome),
      hint = 'Nada foi feito. Ninguém com este nome fez nada aqui, ou já foi esquecido.';
  end if;
  -- an address that somebody else has had too is not this person's alone
  select array_agg(distinct e.endereco) filter (where e.deste), array_agg(distinct e.resumo) filter (where e.deste)
  into v_enderecos, v_quem.resumos
  from (
    select x.endereco, encode(sha256(convert_to(x.endereco, 'UTF8')), 'hex') as resumo,
      bool_and(audit_interno.pessoa_de(x.nome) = v_quem.pessoa) over (partition by lower(x.endereco)) as deste
    from (select p.nome, p.endereco from audit.pessoas p union select c.nome, c.endereco from audit.convites c) as x
    where x.endereco is not null
  ) as e;
  v_nomes := v_nomes || audit_interno.nome_pessoa(quem_esquecer.nome) || coalesce(v_enderecos, '{}');
  select array_agg(distinct audit_interno.chave_pessoa(x.nome)), string_agg(distinct audit_interno.padrao_nome(x.nome), '|'),
    string_agg(distinct audit_interno.padrao_nome(x.nome, false), '|')
  into v_quem.chaves, v_quem.padrao, v_quem.duvidoso
  from unnest(v_nomes) as x (nome);
  select string_agg(x.padrao, '|') into v_quem.alheios
  from (
    select distinct audit_interno.padrao_nome(n.nome, false) as padrao from pg_temp.conferente_nome n
    where n.nome ~ v_quem.duvidoso and audit_interno.pessoa_de(n.nome) <> v_quem.pessoa
  ) as x;
  drop table pg_temp.conferente_nome;
  v_quem.pseudonimo := 'pessoa-' || left(replace(gen_random_uuid()::text, '-', ''), 12);
  return v_quem;
end
$$;
comment on function audit_interno.quem_esquecer(text) is 'Names and addresses of the person, and a pseudonym drawn by chance. NC004 when nothing here is this person''s.';
