-- What pendente_verificacao lacks before it can look for anything, in a sentence that says what to set, or null: the labels are not
-- set, or no entry of the ledger has any of them nor had when last counted, and no blank is there to be looked at. Reads the
-- settings, regras.estatistica_categoria and dw.lancamentos; changes nothing. Called by the engine when a session begins.
create or replace function regras.requisitos_pendente_verificacao() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rotulos jsonb := audit_interno.configuracao('pendente.rotulos');
  v_pendentes text[] := regras.rotulos_pendentes();
  v_escritos text[];
begin
  if jsonb_typeof(v_rotulos) <> 'array' then
    return concat_ws(' ', 'Falta dizer quais categorias deste livro significam pendente.',
      regras.frase_rotulos(array['pendente', 'a classificar', 'não classificado', 'verificar', 'suspense']),
      'Diga com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos"'
        || ' ([] se só os lançamentos sem categoria estão pendentes).');
  end if;
  if v_pendentes = '{}' then
    return 'Nada está dito pendente: pendente.rotulos está vazia e pendente.vazias é false. '
      || 'Mude uma das duas com conferente configurar, ou desative a regra.';
  end if;
  -- nothing but blanks is asked for: that there are none is good news
  v_escritos := array(select e from jsonb_array_elements_text(v_rotulos) e);
  if v_escritos = '{}' then
    return null;
  end if;
  -- a label that once was seen and has no entry today is a ledger where nothing is pending
  if exists (
      select from regras.estatistica_categoria k where audit_interno.dobrar_categoria(k.categoria) = any (array_remove(v_pendentes, '')))
    or regras.rotulo_existe(v_pendentes)
  then
    return null;
  end if;
  return concat_ws(' ', format('Nenhum lançamento tem um dos rótulos de pendente.rotulos (%s).', (
      select string_agg('"' || e || '"', ', ') from unnest(v_escritos) e)),
    coalesce(regras.frase_rotulos(v_escritos), 'Nenhuma categoria do livro se parece com eles.'),
    'Mude com: conferente configurar pendente.rotulos ''["A CLASSIFICAR"]'' --motivo "nossos rótulos".');
end
$$;

comment on function regras.requisitos_pendente_verificacao() is 'What pendente_verificacao lacks before it can run, with what to set, or null.';
revoke execute on function regras.requisitos_pendente_verificacao() from public;
