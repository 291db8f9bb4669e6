package io.prontuario.ha.gcp;

/**
 * What is asked of a service, for messages and for what a missing answer means.
 *
 * @param what the thing, as it stands in a sentence: {@code node pool default-pool in medical-record-hospital/southamerica-east1-a}
 * @param permission the IAM or RBAC permission that it needs
 * @param changes whether it changes something: then a lost answer means that it may have happened
 */
record Call(String what, String permission, boolean changes) {
    static Call reading(String what, String permission) {
        return new Call(what, permission, false);
    }

    static Call changing(String what, String permission) {
        return new Call(what, permission, true);
    }
}
