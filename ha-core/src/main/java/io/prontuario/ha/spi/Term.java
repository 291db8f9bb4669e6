package io.prontuario.ha.spi;

/**
 * The coordinator's right to write: the persistent term it has raised. Never reused; a later coordinator has a higher one.
 *
 * @param number the value it wrote
 * @param version the store's version of that write, checked in the same transaction as each coordinator write
 */
public record Term(long number, int version) {}
