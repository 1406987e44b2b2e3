-- Proposes marketing patterns from what people confirmed: suppliers, words and pairs of words of entries whose correction to
-- the marketing category a person decided. Support is the confirmed entries that have it; precision, the share of all the
-- ledger's decided entries with it that are marketing (confirmed or booked so). Nothing is saved: a person accepts. The
-- ledger is read as conferente_regra (regras.padroes_propostos). Called by whoever maintains the patterns.
create or replace function audit.propor_padroes(suporte_minimo int default 3, precisao_minima numeric default 0.9)
returns table (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  select * from audit_interno.ler('select * from regras.padroes_propostos($2[1]::int, $2[2]::numeric)',
    textos => array[suporte_minimo::text, precisao_minima::text])
    as p (campo text, tipo text, padrao text, suporte bigint, lancamentos bigint, precisao numeric);
exception
  when undefined_table or invalid_schema_name or undefined_column then
    raise exception using errcode = 'NC010', message = 'o armazém não pôde ser lido: falta dw.lancamentos ou uma de suas colunas',
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;

comment on function audit.propor_padroes(int, numeric) is
  'Patterns worth adding, from confirmed corrections: suppliers, words and pairs of words with at least suporte_minimo confirmed entries and the given precision over the ledger. Saves nothing. Error: NC010 no warehouse to read.';
revoke execute on function audit.propor_padroes(int, numeric) from public;
grant execute on function audit.propor_padroes(int, numeric) to conferente_revisor, conferente_administrador;
