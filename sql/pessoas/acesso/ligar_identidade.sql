-- Ties a login, or the subject of a token, to the person who owns it. Append-only, and never done by that person: anybody who could untie
-- their own name would be two people again.
create or replace function audit_interno.anotar_identidade(nome text, pessoa text, motivo text)
returns audit.identidades
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(anotar_identidade.motivo);
  v_operacao bigint;
  v_identidade audit.identidades;
begin
  lock table audit.identidades in share row exclusive mode; -- one at a time: nobody is tied to a name that is just being tied
  if audit_interno.mesma_pessoa(audit_interno.ator(), anotar_identidade.nome) or audit_interno.mesma_pessoa(audit_interno.ator(), anotar_identidade.pessoa) then
    raise exception using errcode = 'NC007', message = 'ninguém pode ligar nem desligar os próprios nomes',
      detail = format('%s só pode ligar ou desligar nomes de outras pessoas.', audit_interno.ator()),
      hint = 'Nada foi feito. Peça a outro administrador.';
  end if;
  if anotar_identidade.pessoa is not null then
    if audit_interno.chave_pessoa(anotar_identidade.nome) = audit_interno.chave_pessoa(anotar_identidade.pessoa) then
      raise exception using errcode = 'NC001', message = format('%s e %s já são a mesma pessoa', anotar_identidade.nome, anotar_identidade.pessoa),
        detail = 'Nomes que só diferem em maiúsculas, acentos, espaços ou caracteres invisíveis são da mesma pessoa.';
    elsif exists (select from audit.vw_identidades i where audit_interno.chave_pessoa(i.nome) = audit_interno.chave_pessoa(anotar_identidade.pessoa)) then
      raise exception using errcode = 'NC001', message = format('%s já é um nome de outra pessoa', anotar_identidade.pessoa),
        hint = format('Ligue a %s.', (select i.pessoa from audit.vw_identidades i
          where audit_interno.chave_pessoa(i.nome) = audit_interno.chave_pessoa(anotar_identidade.pessoa)));
    elsif exists (select from audit.vw_identidades i where audit_interno.chave_pessoa(i.pessoa) = audit_interno.chave_pessoa(anotar_identidade.nome)) then
      raise exception using errcode = 'NC001', message = format('outros nomes já são de %s', anotar_identidade.nome),
        hint = 'Ligue esses nomes, um a um, à pessoa certa. Para vê-los: select * from audit.vw_identidades';
    end if;
  end if;
  v_operacao := audit_interno.abrir_operacao('acesso', motivo => v_motivo);
  insert into audit.identidades (operacao_id, nome, pessoa, registrada_por)
  values (v_operacao, anotar_identidade.nome, anotar_identidade.pessoa, audit_interno.ator())
  returning * into v_identidade;
  perform audit_interno.fechar_operacao(v_operacao, 1, detalhes => jsonb_strip_nulls(jsonb_build_object(
    'ato', case when v_identidade.pessoa is null then 'identidade desligada' else 'identidade ligada' end,
    'identidade', v_identidade.id, 'nome', v_identidade.nome, 'pessoa', v_identidade.pessoa)));
  return v_identidade;
end
$$;
comment on function audit_interno.anotar_identidade(text, text, text) is 'The row that is now in force for the name. NC001, NC006, NC007.';

create or replace function audit.ligar_identidade(nome text, pessoa text, motivo text)
returns audit.identidades
language sql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
  select audit_interno.anotar_identidade(audit_interno.nome_api(ligar_identidade.nome), audit_interno.nome_api(ligar_identidade.pessoa),
    ligar_identidade.motivo)
$$;
comment on function audit.ligar_identidade(text, text, text) is
  'Ties nome, a login of the database or the subject of a token, to pessoa: from then on, and for what was proposed before, the two names are one person, who cannot approve their own proposals. Names that differ only in case, accents, blanks or invisible characters are one person anyway. Errors: NC001 a name missing, too long or the system''s own, already one person, or tied to somebody else, NC006 reason missing, NC007 one''s own name.';
grant execute on function audit.ligar_identidade(text, text, text) to conferente_administrador;

create or replace function audit.desligar_identidade(nome text, motivo text)
returns audit.identidades
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_nome text := audit_interno.nome_pessoa(desligar_identidade.nome);
begin
  if not exists (select from audit.vw_identidades i where audit_interno.chave_pessoa(i.nome) = audit_interno.chave_pessoa(v_nome)) then
    raise exception using errcode = 'NC004', message = format('este nome não está ligado a ninguém: %s', coalesce(left(v_nome, 200), 'nulo')),
      hint = 'select nome, pessoa from audit.vw_identidades';
  end if;
  return audit_interno.anotar_identidade(v_nome, null, desligar_identidade.motivo);
end
$$;
comment on function audit.desligar_identidade(text, text) is
  'Undoes a tie that was a mistake: nome is a separate person again. Errors: NC004 not tied, NC006 reason missing, NC007 one''s own name.';
grant execute on function audit.desligar_identidade(text, text) to conferente_administrador;
