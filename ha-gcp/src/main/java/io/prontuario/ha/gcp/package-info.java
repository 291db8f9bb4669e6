/** The emergency environment in GCP. */
@NullMarked
package io.prontuario.ha.gcp;

import org.jspecify.annotations.NullMarked;
