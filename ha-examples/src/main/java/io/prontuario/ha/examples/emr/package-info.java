/**
 * The backend of an electronic medical record as a host application writes it: patients and their charts in PostgreSQL through the pool that
 * follows the primary, a cache that may be absent, and a functionality level. It embeds the node of its machine. {@code EmrDemonstration} runs
 * two of it behind HAProxy and measures what users see.
 */
@NullMarked
package io.prontuario.ha.examples.emr;

import org.jspecify.annotations.NullMarked;
