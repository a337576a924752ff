"""FHIR R4 (https://hl7.org/fhir/R4/): resources from other systems, read into our own terms."""
