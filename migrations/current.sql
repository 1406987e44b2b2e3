set local role conferente_dono;

drop function if exists audit_interno.aplicar_lote(bigint), audit_interno.autoverificar_lote(bigint, text),
  audit_interno.aplicar_grupo(bigint, regclass, text, text[], text[], bigint[]);
--!include correcao/criar_lote.sql
--!include correcao/aplicar_grupo.sql
--!include correcao/aplicar_lote.sql
--!include correcao/ainda_apontadas.sql
--!include correcao/autoverificar_lote.sql
--!include correcao/concluir_lote.sql
--!include correcao/elegiveis.sql
--!include correcao/corrigir_lote.sql
--!include reversao/criar_reversao.sql
--!include decisao/contar_reversoes.sql
--!include reversao/reverter_lote.sql

reset role;
